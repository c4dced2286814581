"""A library that reads news sources and public warnings: bytes in, entries out, no database or server; see README.md.

The modules that download and parse are imported when one of their names is first used: importing them takes a fifth
of a process's start, and neither the server nor the desk needs them.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from feeds.entry import Entry, Reading
from feeds.errors import FeedError, FetchError, HttpStatus, ParseError
from feeds.selectors import Selectors

if TYPE_CHECKING:
    from feeds.download.http import Fetched, fetch
    from feeds.download.request import FetchPolicy
    from feeds.reader import read, read_bytes

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

_MODULES = {
    "FetchPolicy": "feeds.download.request",
    "Fetched": "feeds.download.http",
    "fetch": "feeds.download.http",
    "read": "feeds.reader",
    "read_bytes": "feeds.reader",
}


def __getattr__(name: str) -> object:
    if name not in _MODULES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(_MODULES[name]), name)
    return found
