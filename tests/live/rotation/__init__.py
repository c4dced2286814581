"""Tests of server/live/rotation."""
