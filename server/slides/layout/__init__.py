"""Arranges text, pictures and codes within a slide: space, type sizes and pages; called by the kinds of slides."""
