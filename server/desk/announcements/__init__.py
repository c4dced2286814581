"""Announcements at the desk: the form in which they are written, the queue with its workflow, uploaded files."""
