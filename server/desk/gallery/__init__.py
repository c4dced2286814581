"""The design gallery: pages that show every kind of slide in every size and theme, with fixed data."""
