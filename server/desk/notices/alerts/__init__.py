"""Received alerts at the desk: the list, the page of one alert, and what an editor decides about it."""
