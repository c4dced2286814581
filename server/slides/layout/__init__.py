"""Places text and pictures within a slide."""
