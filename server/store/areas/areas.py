"""Reads and changes the points, outlines, codes and telephones of areas; called by desk, worker and content.

The list of areas without outlines is `server.store.sources.sources.areas`.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, select, update

from server.core.geography.geojson import digest
from server.core.geography.outlines import count_points
from server.core.model import Area, Outline, OutlinedArea
from server.store.audit import audit
from server.store.database import revision
from server.store.database.decoding import as_value_or_defaults
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.locks import retry_on_deadlock
from server.store.database.seeding import PLACE
from server.store.tables import areas, columns_of, values_of

_KNOWN = select(*columns_of(areas, OutlinedArea)).where(areas.c.retired.is_(False))


@dataclass(frozen=True, slots=True)
class OutlineMeasure:
    """What the audit records in place of an outline, which may have thousands of points.

    That is the number of rings, the number of points, and a digest of the outline.
    """

    rings: int
    points: int
    digest: str


@dataclass(frozen=True, slots=True)
class AreaRecord(Area):
    """An area as the audit records it; ``outline`` is None if the outline of the area is not known."""

    outline: OutlineMeasure | None = None


def get(db: Database, slug: str) -> OutlinedArea:
    """The area in use with this slug, with its outline. Raises NotFound."""
    with db.read() as conn:
        return _one(conn, slug)


def outlines(db: Database, slugs: Collection[str] | None = None) -> dict[str, Outline]:
    """Slug -> outline of each area in use whose outline is known; with ``slugs``, of these areas only.

    Decoding outlines with a hundred thousand points in all takes a second, so callers should keep the result.
    """
    wanted = select(areas.c.slug, areas.c.outline).where(areas.c.retired.is_(False), areas.c.outline.is_not(None))
    if slugs is not None:
        wanted = wanted.where(areas.c.slug.in_(slugs))
    with db.read() as conn:
        rows = [(str(row.slug), row.outline) for row in conn.execute(wanted)]
    return {slug: outline for slug, outline in rows if isinstance(outline, tuple)}


def outlined(db: Database) -> frozenset[str]:
    """The slugs of the areas in use whose outline is known."""
    with db.read() as conn:
        found = select(areas.c.slug).where(areas.c.retired.is_(False), areas.c.outline.is_not(None))
        return frozenset(conn.execute(found).scalars())


@retry_on_deadlock
def place(db: Database, wanted: OutlinedArea, *, actor: str, now: datetime) -> OutlinedArea:
    """Set the columns `PLACE` (point, outline, codes, telephone) of the area ``wanted``; returns the stored area.

    Other columns do not change. From now on config.toml does not change the columns `PLACE` of this area. Writes
    nothing if nothing differs. Raises NotFound.
    """
    with db.write() as conn:
        before = _one(conn, wanted.slug, lock=True)
        values = {name: getattr(wanted, name) for name in PLACE}
        after = OutlinedArea(**{**values_of(before), **values})
        if after == before:
            return before
        conn.execute(update(areas).where(areas.c.slug == wanted.slug).values(**values, placed_at_desk=True))
        audit.record(
            conn, actor=actor, act="area.place", subject=f"area/{wanted.slug}", before=_recorded(before),
            after=_recorded(after), now=now,
        )  # fmt: skip
        revision.bump(conn, revision.EVERYTHING)
        return after


def _one(conn: Connection, slug: str, *, lock: bool = False) -> OutlinedArea:
    wanted = _KNOWN.where(areas.c.slug == slug)
    row = conn.execute(wanted.with_for_update(key_share=True) if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có đơn vị {slug!r}")
    return as_value_or_defaults(OutlinedArea, row)


def _recorded(area: OutlinedArea) -> AreaRecord:
    kept = {field.name: getattr(area, field.name) for field in fields(Area)}
    return AreaRecord(**kept, outline=_measure(area.outline) if area.outline else None)


def _measure(outline: Outline) -> OutlineMeasure:
    return OutlineMeasure(len(outline), count_points(outline), digest(outline))
