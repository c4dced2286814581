"""Sends messages and feeds to push services and to other servers; processes.worker schedules the jobs."""
