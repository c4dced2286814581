"""Sends to programs and browsers outside what they asked for; processes.worker makes a job for each kind."""
