"""Tests of server/core/typesetting."""
