"""Merges areas and gives them other parents at a planned time, with everything that refers to them; see plans."""
