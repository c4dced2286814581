"""Rules of announcements: completeness, changes, recurrence, pasted tables, search text."""
