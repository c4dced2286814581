"""The newsroom in the browser, in a process of its own: README.md here says how a page is added."""
