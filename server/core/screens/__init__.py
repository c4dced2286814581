"""Rules of screens: pairing, state, proof of play, rows of the desk's wall."""
