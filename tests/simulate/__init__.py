"""The simulated screens: they notice what is wrong, and find nothing wrong with the real program."""
