"""Received alerts at the desk: the list, the page of one alert, and the actions of editors on it."""
