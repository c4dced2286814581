"""Tests of server/store/alerts."""
