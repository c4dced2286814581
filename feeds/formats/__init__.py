"""Decodes bytes and parses each format into raw items."""
