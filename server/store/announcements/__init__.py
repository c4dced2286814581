"""Announcements, their versions, listings and autosaved drafts."""
