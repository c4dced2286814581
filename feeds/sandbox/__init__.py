"""Runs the parsers in a child process with limited memory and time; used by the worker and server.media."""
