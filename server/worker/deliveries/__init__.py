"""Sends Web Push messages to browsers and feeds to WebSub subscribers; processes.worker schedules the jobs."""
