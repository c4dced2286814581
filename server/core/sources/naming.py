"""Makes a new source from a title and an address; called by desk.sources and store.sources."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection
from urllib.parse import urlsplit

from server.core.model import Source
from server.core.text_input import cleaned


def new_source(title: str, address: str, taken: Collection[str], zone: str) -> Source:
    """Returns a new source of kind "feed", adaptive, whose stories are held for an editor.

    Its slug is made from the title or the host name and differs from all of ``taken``.
    """
    name = slug_of(title) or slug_of(urlsplit(address).hostname or "") or "nguon"
    slug, number = name, 2
    while slug in taken:
        slug, number = f"{name}-{number}", number + 1
    return Source(slug, cleaned(title), "feed", address, trust="hold", zone=zone, adaptive=True)


def slug_of(title: str) -> str:
    """Returns ``title`` as a slug: at most 50 ASCII letters, digits and hyphens."""
    plain = unicodedata.normalize("NFD", title.casefold().replace("đ", "d"))
    kept = "".join(sign for sign in plain if not unicodedata.combining(sign))
    return re.sub(r"[^a-z0-9]+", "-", kept)[:50].strip("-")
