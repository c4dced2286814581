"""Measurements beside peers, run by hand: `make bench`, `make bench-report`, `make demo`."""
