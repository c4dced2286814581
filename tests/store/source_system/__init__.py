"""Tests of server/store/source_system."""
