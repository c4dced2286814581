"""Decodes bytes to text, and parses each format into raw items; called by feeds.reader and the sandbox."""
