"""Tests of the simulated screens: they notice every breach, and find none with the real server."""
