"""Stored pictures, the library of uploaded files, and uploads that wait for the worker."""
