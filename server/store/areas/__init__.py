"""Areas with their points, outlines and codes; server.store.sources.sources.areas lists areas without outlines."""
