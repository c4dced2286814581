"""Notices and what editors do to them."""
