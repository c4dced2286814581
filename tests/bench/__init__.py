"""Runs the benchmarks at tiny sizes, to notice when one no longer works."""
