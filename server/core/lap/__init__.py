"""The lap: what a board shows, in which order, when and why; composition.py lists its ten rules."""
