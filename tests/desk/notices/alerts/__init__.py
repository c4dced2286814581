"""Tests of received alerts at the desk."""
