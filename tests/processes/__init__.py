"""Tests of server/processes."""
