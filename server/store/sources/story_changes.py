"""Pure rules on what counts as a change of a story; called by story_intake and story_identity."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from feeds.download.links import canonical
from feeds.entry import Entry
from server.core.model import Source, Story, StoryState


def article_key(link: str) -> str:
    """The canonical address of an article, equal for its variants; "" if there is no address."""
    return canonical(link) if link else ""


def is_changed(held: Story, entry: Entry, image: str | None) -> bool:
    """True if title, summary, table, picture or article address changed; blanks and case do not count.

    The address counts because the QR code on the slide leads there: a trusted headline must not point somewhere
    else without a new version.
    """
    return (
        image != held.image
        or (entry.link != held.link and article_key(entry.link) != article_key(held.link))
        or _fold(entry.title) != _fold(held.title)
        or _fold(entry.summary) != _fold(held.summary)
        or _fold_grid(entry.table) != _fold_grid(held.table)
    )


def picture(entry: Entry, fetched: str | None, held: str | None, held_address: str) -> str | None:
    """The hash of the story's picture: ``fetched`` now, or ``held`` from before; None for none.

    The old picture is kept if the entry has the same picture address as before. If a picture at a new address was not
    fetched, the story has none, because the source may have retracted the old one.
    """
    if not entry.image:
        return None
    return fetched or (held if entry.image == held_address else None)


def published_at(entry: Entry, first_seen: datetime) -> datetime:
    """The entry's date, at the latest ``first_seen``; ``first_seen`` if it has no date."""
    return first_seen if entry.published is None else min(entry.published, first_seen)


def initial_state(source: Source) -> StoryState:
    """The state of a new version: it waits for an editor if the source is not trusted."""
    return "held" if source.trust == "hold" else "approved"


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _fold_grid(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [[_fold(cell) for cell in row] for row in rows]
