"""Tests of server/core/source_system."""
