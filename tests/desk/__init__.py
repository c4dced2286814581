"""Tests of the desk, the newsroom's web application."""
