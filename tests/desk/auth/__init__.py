"""Tests of server/desk/auth."""
