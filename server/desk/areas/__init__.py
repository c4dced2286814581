"""Areas: where they are, by point, outline and codes."""
