"""Tests of feeds/formats/edxml."""
