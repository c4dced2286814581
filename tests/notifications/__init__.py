"""Tests of server/notifications."""
