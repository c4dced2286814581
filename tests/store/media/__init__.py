"""Tests of server/store/media."""
