"""Distinguishes alerts from other documents by their bytes, without parsing; used by trials and ``run.py read``."""

from __future__ import annotations

import re

from feeds.clean.elements import KNOWN

_SIGNS = re.compile(
    rb"emergency:cap:|incident\.com/cap|cap\+xml|common-alerting-protocol|emergency:edxl|\.cap[\"'<]", re.I
)
_COMMENT = re.compile(r"<!--.*?-->", re.S)
_FIRST_TAG = re.compile(r"<(?:!doctype\s+)?([a-z][\w.:-]*)", re.I)
_OF_HTML = re.compile(KNOWN)
_HEAD = 5_000
"""Bytes at the beginning that are searched for the first tag."""


def looks_like_cap(body: bytes) -> bool:
    """Returns whether ``body`` is probably an alert or an index of alerts, and not a news feed; it is not parsed.

    False for a web page, even if it links to alerts or shows one.
    """
    narrow = body.replace(b"\0", b"")
    first = _FIRST_TAG.search(_COMMENT.sub("", narrow[:_HEAD].decode("latin-1")))
    if first is not None and _OF_HTML.fullmatch(first[1].lower()):
        return False
    return _SIGNS.search(narrow) is not None
