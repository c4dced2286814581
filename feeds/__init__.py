"""A library that reads news sources: bytes in, entries out, without database or server; see README.md."""

from feeds.download.http import Fetched, FetchPolicy, fetch
from feeds.entry import Entry, Reading
from feeds.errors import FeedError, FetchError, HttpStatus, ParseError
from feeds.read import read, read_bytes
from feeds.selectors import Selectors

__all__ = [
    "Entry",
    "FeedError",
    "FetchError",
    "FetchPolicy",
    "Fetched",
    "HttpStatus",
    "ParseError",
    "Reading",
    "Selectors",
    "fetch",
    "read",
    "read_bytes",
]
