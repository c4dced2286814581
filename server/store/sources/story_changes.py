"""What counts as a change of a story, as pure rules; called by stories.save."""

from __future__ import annotations

import unicodedata
from datetime import datetime

from feeds.download.links import canonical
from feeds.entry import Entry
from server.core.model import Source, Story, StoryState


def article_key(link: str) -> str:
    """The key that two addresses of one article share; "" where there is no address."""
    return canonical(link) if link else ""


def is_changed(held: Story, entry: Entry, image: str | None) -> bool:
    """True where title, summary, table, picture or the address of the article changed; blanks and case do not count.

    The address counts because a QR code on the glass leads there: a trusted headline must not come to point
    somewhere else unseen.
    """
    return (
        image != held.image
        or (entry.link != held.link and article_key(entry.link) != article_key(held.link))
        or _fold(entry.title) != _fold(held.title)
        or _fold(entry.summary) != _fold(held.summary)
        or _fold_grid(entry.table) != _fold_grid(held.table)
    )


def picture(entry: Entry, fetched: str | None, held: str | None, held_address: str) -> str | None:
    """The hash of the picture that the story has now.

    A picture that was not fetched anew stays while its address stays; one at a new address that could not be
    had is no picture, because the old one may be what was taken back.
    """
    if not entry.image:
        return None
    return fetched or (held if entry.image == held_address else None)


def published_at(entry: Entry, first_seen: datetime) -> datetime:
    """When it was published: never after it was first seen, and that where the source gives no date."""
    return first_seen if entry.published is None else min(entry.published, first_seen)


def initial_state(source: Source) -> StoryState:
    """What a new version begins as: only a source that is not trusted waits for an editor."""
    return "held" if source.trust == "hold" else "approved"


def _fold(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


def _fold_grid(rows: tuple[tuple[str, ...], ...]) -> list[list[str]]:
    return [[_fold(cell) for cell in row] for row in rows]
