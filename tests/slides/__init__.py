"""Tests of server/slides that need no browser."""
