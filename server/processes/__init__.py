"""Puts the processes together: server, desk, supervisor, their jobs and heartbeats."""
