"""Tests of server/store/announcements."""
