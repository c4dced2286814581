"""Tests of server/core/sources."""
