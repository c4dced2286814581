"""Tests of server/core/alerts."""
