"""The HTTP API for other programs, and the page of its keys."""
