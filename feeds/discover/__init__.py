"""Finds the feeds of a website and proposes CSS selectors for list pages; used by feeds.reader and the sandbox."""
