"""Rules of alarms and of the people on duty: what is told, to whom and when; pure."""
