"""Tests of server/desk/areas."""
