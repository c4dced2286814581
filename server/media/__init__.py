"""Checks and converts uploaded files in a child process that can be killed; detects a file's kind by its content.

The worker and the command line call ``importer``; the server calls ``screenshots``. ``child`` is the program of the
child process.
"""
