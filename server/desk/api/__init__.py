"""The HTTP API for other programs, and the page on which its keys (tokens) are managed."""
