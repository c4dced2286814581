"""Announcements at the desk: the composer, the queue of what waits for approval, people's files."""
