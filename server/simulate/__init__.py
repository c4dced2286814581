"""Many screens in one process, to try a server before the screens are there: `run.py simulate`, tests, soak."""
