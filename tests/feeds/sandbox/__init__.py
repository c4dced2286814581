"""Tests of feeds/sandbox."""
