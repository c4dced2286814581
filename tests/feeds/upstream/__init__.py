"""Reads feedparser's own test documents with this project's parser; run only by `make test-feedparser`."""
