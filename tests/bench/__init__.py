"""Runs benchmarks at tiny sizes, so that they keep working."""
