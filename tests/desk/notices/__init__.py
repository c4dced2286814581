"""Tests of server/desk/notices."""
