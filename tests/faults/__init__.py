"""Tests with faulty processes, stores and clocks on the real program; `make faults` runs the long forms."""
