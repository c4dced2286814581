"""The exception of documents that are not taken; raised by this package, shown by API, folder and mail."""

from __future__ import annotations

from feeds.errors import ParseError


class DocumentRefused(ParseError):  # noqa: N818 - the name says what has happened
    """The document is not taken. ``message`` says why in Vietnamese, and what can be done.

    Code "secret": it is marked as secret or as internal, and nothing of it may be kept.
    """
