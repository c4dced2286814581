"""Tests of server/store/screens."""
