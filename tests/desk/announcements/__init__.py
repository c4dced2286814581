"""Tests of server/desk/announcements."""
