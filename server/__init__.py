"""Bảng Tin's server side: rules, store, delivery, pages; started by run.py."""
