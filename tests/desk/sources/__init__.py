"""Tests of server/desk/sources."""
