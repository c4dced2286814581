"""Decides which uploaded files belong to an announcement as its originals; called by desk, worker and store.media.

An original is offered to everybody, so it may hold nothing that its writer has left out: it belongs to the
announcement only while each of its pages, or its whole unchanged table, is in it.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from hashlib import sha256

from server.core.model import Attachment
from server.core.text_input import cleaned

LONGEST_NAME = 120
MOST = 20
"""How many originals an announcement has at most."""
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|\x00-\x1f]+')

Rows = Collection[Collection[str]]


def digest_of(rows: Rows) -> str:
    """Returns a digest of a table's cells that ignores white space around and inside of them; "" without rows."""
    words = [[" ".join(cell.split()) for cell in row] for row in rows]
    return sha256("\n".join("\t".join(row).rstrip("\t") for row in words).encode()).hexdigest() if words else ""


def is_whole(pages: Collection[str], rows: str, attachments: Collection[Attachment], table: Rows) -> bool:
    """Whether an announcement has all that was made of a file: the ``pages`` (hashes) or a table of digest ``rows``.

    ``attachments`` and ``table`` are the announcement's.
    """
    if pages:
        return {one.hash for one in attachments}.issuperset(pages)
    return bool(rows) and rows == digest_of(table)


def file_name(name: str, extension: str) -> str:
    """Returns the name under which people get a file: ``name`` as its sender gave it, with the given extension.

    Characters that file systems refuse become "-", and another extension is replaced, whatever it pretends to be.
    """
    plain = _NOT_IN_NAMES.sub("-", " ".join(cleaned(name).split()))
    stem, dot, last = plain.rpartition(".")
    if dot and last.isalnum() and len(last) <= 5:
        plain = stem
    return f"{plain.strip(' .-')[: LONGEST_NAME - 6] or 'tep-goc'}.{extension}"
