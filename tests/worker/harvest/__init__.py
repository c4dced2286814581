"""Tests of server/worker/harvest."""
