"""Uploads, pictures and the library of files."""
