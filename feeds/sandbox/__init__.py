"""Runs the parsers in a child process with limited memory and time."""
