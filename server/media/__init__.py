"""Files that people send, made harmless: found out by content, checked and drawn in a process that can be killed.

Called by the worker and the command line, never by the server: ``take`` is the door, ``child`` the process.
"""
