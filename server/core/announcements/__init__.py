"""Rules of announcements: their parts, recurrence, typed tables, search text."""
