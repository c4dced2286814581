"""Pages that everybody can open without signing in."""
