"""Tests of the simulated screens: they notice every broken rule of the protocol, and the real server breaks none."""
