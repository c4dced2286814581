"""Tests of server/live/screens."""
