"""What a board shows, read from the store for live.rotation, the desk's timeline and the command line."""
