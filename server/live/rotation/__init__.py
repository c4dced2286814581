"""Composes laps and publishes slides and notices, ten times a second."""
