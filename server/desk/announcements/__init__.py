"""Announcements at the desk: composer, queue, library."""
