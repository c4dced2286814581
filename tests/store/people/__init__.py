"""Tests of server/store/people."""
