"""The HTTP routes for screens and public viewers: pages, boards' states, slides, media, assets, device pairing."""
