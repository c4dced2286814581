"""Decodes bytes to text and parses each format into raw items."""
