"""Announcements: posting and workflow, past versions, lists, autosaved forms."""
