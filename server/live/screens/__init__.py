"""Screens that are connected: registry, receipts, the wall."""
