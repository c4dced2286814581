"""Tests of server/store/api."""
