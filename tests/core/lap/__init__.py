"""Tests of server/core/lap."""
