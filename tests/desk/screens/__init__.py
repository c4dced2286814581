"""Tests of server/desk/screens."""
