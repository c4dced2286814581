"""Tests of server/store/notices."""
