"""Finds the feeds of a site and proposes selectors for its list pages."""
