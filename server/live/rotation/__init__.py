"""Composes the laps of boards from the store, and publishes states, slides and notices to their screens."""
