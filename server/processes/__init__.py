"""Puts the processes together: server, worker, desk; their supervisor, jobs and heartbeats."""
