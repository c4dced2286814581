"""Slides: items of the model rendered to HTML for a format; one folder for each kind of slide."""
