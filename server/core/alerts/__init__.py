"""Rules of received alerts (CAP): life, level, times, languages, places and texts; no I/O and no clock."""
