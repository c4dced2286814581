"""feedparser's own test documents through our pipeline; run by `make test-feedparser`, never by `make test`."""
