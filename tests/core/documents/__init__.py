"""Tests of server/core/documents."""
