"""Rules of screens: their state, proof of play, rows of the wall."""
