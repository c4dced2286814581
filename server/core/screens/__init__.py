"""Rules of screens: pairing, state, proof of play, rows of the wall (the desk's live overview of all boards)."""
