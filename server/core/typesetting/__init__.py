"""Type sizes by viewing distance, and text split into pages."""
