"""The newsroom in the browser, in a process of its own; README.md explains how to add a page."""
