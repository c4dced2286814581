"""The guard: the program that runs beside the browser of a screen and restarts it."""
