"""The guard: the program beside the browser of a screen."""
