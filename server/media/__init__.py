"""Checks and converts uploaded files in a process that can be killed; the kind of a file is found by its content.

Called by the worker and the command line, never by the server process. ``importer`` is the entry point, ``child`` the
process.
"""
