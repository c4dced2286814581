"""Decides, without reading the store, whether and how an entry changes a story.

Called by stories, story_intake and story_identity."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from feeds.download.links import canonical
from feeds.entry import Entry
from server.core.model import Source, Story, StoryState
from server.core.sources.similarity import headline_key

_LIST_MARK = re.compile(r"^(?:[•–·]|\w{1,4}\.)[ \u00a0]+", re.M)


def article_key(link: str) -> str:
    """The canonical form of an article's address, the same for all variants of the URL; "" for ""."""
    return canonical(link) if link else ""


def shared_addresses(entries: Iterable[Entry]) -> frozenset[str]:
    """The canonical addresses that several different entries of one fetch share, so that they identify no entry.

    An example is the address of a page of water levels, each row of which is an entry. Entries with the same address,
    headline and date count as one entry.
    """
    items = {(article_key(entry.link), headline_key(entry.title), entry.published) for entry in entries if entry.link}
    count = Counter(link for link, _, _ in items)
    return frozenset(link for link, times in count.items() if times > 1)


def is_changed(held: Story, entry: Entry, image: str | None) -> bool:
    """Whether title, summary, table, picture or article address of an entry differ from the stored story ``held``.

    Differences in white space, case, and list marks ("•", "1.") do not count: earlier versions stored lists without
    marks, and their approved stories must not wait for approval again. The address counts because the QR code on the
    slide leads there: it must not lead elsewhere without a new version. ``image`` is the hash of the entry's picture.
    """
    return (
        image != held.image
        or (entry.link != held.link and article_key(entry.link) != article_key(held.link))
        or _fold(entry.title) != _fold(held.title)
        or _fold(entry.summary) != _fold(held.summary)
        or _fold_grid(entry.table) != _fold_grid(held.table)
    )


def picture(entry: Entry, fetched: str | None, held: str | None, held_address: str) -> str | None:
    """The hash of the picture that the story gets, None for none.

    ``fetched`` is the hash of the picture that was fetched now, ``held`` the one stored before, from the URL
    ``held_address``. The old picture is kept only if the entry still has that URL. If fetching from a new URL failed,
    the story has no picture, because the source may have retracted the old one.
    """
    if not entry.image:
        return None
    return fetched or (held if entry.image == held_address else None)


def published_at(entry: Entry, first_seen: datetime) -> datetime:
    """The date of the entry, but not later than ``first_seen``; ``first_seen`` if it has no date."""
    return first_seen if entry.published is None else min(entry.published, first_seen)


def initial_state(source: Source) -> StoryState:
    """The state of a new version: "approved" if the source's trust is "auto", else "held" until an editor decides."""
    return "approved" if source.trust == "auto" else "held"


def _fold(text: str) -> str:
    text = _LIST_MARK.sub("", text)
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _fold_grid(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [[_fold(cell) for cell in row] for row in rows]
