"""Tests of server/worker/source_system."""
