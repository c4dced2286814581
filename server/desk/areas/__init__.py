"""Areas: where they are, by point, outline and codes, and whom citizens call there."""
