"""What a board shows, read from the store for the director, the timeline and the command line."""
