"""The design gallery: every kind of slide in every size and theme, from fixed data."""
