"""Announcements at the desk: the form in which people write them, the queue with their workflow, uploaded files."""
