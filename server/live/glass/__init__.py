"""Pages and files for screens and public viewers."""
