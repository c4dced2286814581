"""Rules of announcements: checks before submission, comparison of versions, recurrence, tables, text for search."""
