"""Tests of server/desk/people."""
