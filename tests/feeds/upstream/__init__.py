"""Reads feedparser's own test documents with our parser; run by `make test-feedparser`, never by `make test`."""
