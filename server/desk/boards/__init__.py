"""Boards at the desk: the form with its preview, and the timeline."""
