"""Renders stories, announcements and notices to slides (HTML) for a board's format; one folder for each kind."""
