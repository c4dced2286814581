"""Tests of server/store/boards."""
