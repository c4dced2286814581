"""Composes the laps (slide sequences) of boards from the store; publishes states, slides and notices to screens."""
