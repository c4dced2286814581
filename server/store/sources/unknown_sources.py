"""Makes sources from the feeds of an OPML list that no source reads yet; called by the desk and cli.sources."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from feeds.download.links import source_key
from feeds.formats.opml import Outline
from server.core.model import Source
from server.core.sources.naming import new_source
from server.store.database.engine import Database
from server.store.sources import sources


def unknown_sources(db: Database, found: Iterable[Outline], *, zone: str, area: str | None = None) -> list[Source]:
    """Make a source of ``area`` for each OPML outline whose address no stored source has, in the same order.

    Different spellings of an address count as one address. Nothing is stored. ``zone`` is the name of the time zone
    for dates without one. ``area`` is the slug of an area; None means the area of each board that shows the source.
    The stories of these sources wait for approval.
    """
    known, slugs = {source_key(one.url) for one in sources.all(db)}, set(sources.slugs(db))
    made: list[Source] = []
    for outline in found:
        key = source_key(outline.address)
        if key not in known:
            known.add(key)
            made.append(replace(new_source(outline.title, outline.address, slugs, zone), area=area))
            slugs.add(made[-1].slug)
    return made
