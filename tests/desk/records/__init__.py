"""Tests of server/desk/records."""
