"""One folder a slide kind; the renderer turns items into slides for a format."""
