"""Benchmarks of this program, some in comparison with other programs; run by `make bench`."""
