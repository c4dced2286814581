"""Tests of server/desk/gallery."""
