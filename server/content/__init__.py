"""Reads from the store what boards show, and makes items, slides and feeds of it.

Called by live, desk, worker and cli.
"""
