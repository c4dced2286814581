"""Finds the areas into which others were merged; called by store.sources and store.areas.

A merged area stays in the table as a retired row that names the area of today.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sqlalchemy import Connection, select

from server.core.model import Area, Board, Source
from server.store.tables import areas

_MERGED = select(areas.c.slug, areas.c.merged_into).where(areas.c.merged_into.is_not(None))


def heirs(conn: Connection) -> dict[str, str]:
    """Slug of each merged area -> slug of the area that it belongs to today, also after several mergers."""
    into = {str(row.slug): str(row.merged_into) for row in conn.execute(_MERGED)}
    return {slug: _last(into, slug) for slug in into}


def translated(
    conn: Connection, listed: Iterable[Area], sources: Iterable[Source], boards: Iterable[Board]
) -> tuple[tuple[Area, ...], tuple[Source, ...], tuple[Board, ...]]:
    """The areas, sources and boards of config.toml with areas of today in place of merged ones.

    A merged area itself stays in the list; its row belongs to the desk, so config.toml does not bring it back.
    """
    today = heirs(conn)
    if not today:
        return tuple(listed), tuple(sources), tuple(boards)
    return (
        tuple(one if one.slug in today else replace(one, parent=_of(today, one.parent)) for one in listed),
        tuple(_source(one, today) for one in sources),
        tuple(replace(one, area=today.get(one.area, one.area)) for one in boards),
    )


def _source(one: Source, today: Mapping[str, str]) -> Source:
    cap = one.cap and replace(one.cap, default_area=today.get(one.cap.default_area, one.cap.default_area))
    return replace(one, area=_of(today, one.area), cap=cap)


def _of(today: Mapping[str, str], slug: str | None) -> str | None:
    return None if slug is None else today.get(slug, slug)


def _last(into: Mapping[str, str], slug: str) -> str:
    seen: Sequence[str] = [slug]
    while (following := into.get(seen[-1])) is not None and following not in seen:
        seen = [*seen, following]
    return seen[-1]
