"""Tests of feeds/clean."""
