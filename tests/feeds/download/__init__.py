"""Tests of feeds/download."""
