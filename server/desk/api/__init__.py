"""The HTTP API for other programs, and its tokens."""
