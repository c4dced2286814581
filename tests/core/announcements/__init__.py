"""Tests of server/core/announcements."""
