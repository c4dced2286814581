"""Alarms at the desk, the duty roster of an area, the channels of alarms, and people's own quiet hours."""
