"""Tests of server/store/sources."""
