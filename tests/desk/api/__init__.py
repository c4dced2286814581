"""Tests of server/desk/api."""
