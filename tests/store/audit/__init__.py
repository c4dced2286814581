"""Tests of server/store/audit."""
