"""Tests of server/live/loop."""
