"""Tests of the rules about mail that becomes announcements."""
