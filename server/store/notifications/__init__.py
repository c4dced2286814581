"""Subscriptions of programs and browsers outside, and what waits for delivery to them; called by desk and worker."""
