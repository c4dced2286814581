"""Rules of sources: health, names, fetch schedule, similar headlines."""
