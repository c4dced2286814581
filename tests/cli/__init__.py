"""Tests of the command line (server/cli), in this process and in processes of its own."""
