"""The design gallery: every slide kind in every size and theme, from fixed data."""
