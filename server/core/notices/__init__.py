"""Rules of notices: hazards, four eyes, order on the glass, progress."""
