"""Tests of the command line (server/cli); some run commands in the test's process, others start processes."""
