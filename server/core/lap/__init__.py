"""The lap: what a board shows, in which order, when and why (DESIGN, The lap)."""
