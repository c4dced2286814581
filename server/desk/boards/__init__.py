"""Boards at the desk: their form and their timeline."""
