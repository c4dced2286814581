"""Checks and converts uploaded files in a child process that can be killed; detects a file's kind by its content.

``importer`` is the entry point for the worker and the command line; ``screenshots`` is that for the server. ``child``
is the program of the child process.
"""
