"""Tests of server/core/geography."""
