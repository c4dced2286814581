"""Tests of server/store/tables."""
