"""Tests of server/desk/boards."""
