"""Finds feeds of a site and proposes selectors for a list page."""
