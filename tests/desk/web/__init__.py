"""Tests of server/desk/web."""
