"""Benchmarks run as small as can be, so that they do not rot."""
