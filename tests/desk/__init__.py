"""The newsroom in the browser."""
