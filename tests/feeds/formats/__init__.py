"""Tests of feeds/formats."""
