"""Tests of feeds.formats.cap."""
