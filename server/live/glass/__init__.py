"""HTTP for the screens: pages, states, slides, media, assets, pairing."""
