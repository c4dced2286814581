"""Boards at the desk: the form of a board with its preview, and the timeline of what a board shows."""
