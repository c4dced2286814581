"""Stores alarms, what is sent of them, channels, the duty roster and people's own quiet hours."""
