"""Tests of server/store/levels."""
