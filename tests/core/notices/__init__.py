"""Tests of server/core/notices."""
