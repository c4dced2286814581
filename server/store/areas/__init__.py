"""Areas with their outlines; the list of areas is read by server.store.sources."""
