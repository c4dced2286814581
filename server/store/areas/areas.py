"""Reads, adds and changes areas with their outlines; called by desk, worker and content.

The list of areas without outlines is `server.store.sources.sources.areas`.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, fields
from datetime import datetime

from sqlalchemy import Connection, select, update

from server.core.geography.geojson import digest
from server.core.geography.outlines import count_points
from server.core.model import Area, Outline, OutlinedArea
from server.store.audit import audit
from server.store.audit.audit import Act
from server.store.database import revision
from server.store.database.decoding import as_value_or_defaults
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreRefusal
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.database.seeding import PLACE, save_from_desk
from server.store.tables import areas, columns_of, values_of

TREE_LOCK = "areas"
"""The advisory lock of whoever adds, moves or merges areas: a new area must not come below one that is merged."""
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
    """Set the columns `PLACE` of the area ``wanted`` (where it is); returns the stored area.

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


@dataclass(frozen=True, slots=True)
class AreaChange:
    """An area as it is to be, and as it was when the change was prepared; ``before`` is None for a new area."""

    before: OutlinedArea | None
    after: OutlinedArea


def all(db: Database) -> dict[str, OutlinedArea]:
    """Slug -> area of each area in use, with its outline, in the order of the tree's rows."""
    with db.read() as conn:
        rows = conn.execute(_KNOWN.order_by(areas.c.position))
        found = (as_value_or_defaults(OutlinedArea, row) for row in rows)
        return {one.slug: one for one in found}


@retry_on_deadlock
def save(db: Database, changes: Sequence[AreaChange], *, actor: str, now: datetime) -> int:
    """Add and change areas in one transaction; returns how many. From now on config.toml does not change them.

    A parent may be among the new areas. Raises StaleChange, and writes nothing, if an area is not as its change
    expects it: somebody else has changed it meanwhile. Raises ValueError for an unknown parent or a cycle.
    """
    wanted = [one for one in changes if one.before != one.after]
    if not wanted:
        return 0
    with db.write() as conn:
        advisory_lock(conn, TREE_LOCK)
        _check_unchanged(conn, wanted)
        save_from_desk(conn, areas, *(one.after for one in wanted))
        audit.record_all(conn, map(_act, wanted), actor=actor, now=now)
        # What the desk has set is the desk's, whatever happens to the rest of the row.
        written = areas.c.slug.in_([one.after.slug for one in wanted])
        conn.execute(update(areas).where(written).values(placed_at_desk=True))
        _check_tree(conn)
        revision.bump(conn, revision.EVERYTHING)
    return len(wanted)


class StaleChange(StoreRefusal):
    """An area is not as it was when the change of it was prepared."""

    def __init__(self, name: str) -> None:
        super().__init__(f"«{name}» vừa được người khác sửa. Hãy xem lại rồi lưu.")


def _check_unchanged(conn: Connection, changes: Sequence[AreaChange]) -> None:
    """Raises StaleChange for an area that is not as its change expects it. Lists of areas have thousands."""
    meant = areas.c.slug.in_([one.after.slug for one in changes])
    taken = set(conn.execute(select(areas.c.slug).where(meant)).scalars())
    found = (as_value_or_defaults(OutlinedArea, row) for row in conn.execute(_KNOWN.where(meant)))
    held = {one.slug: one for one in found}
    for one in changes:
        slug = one.after.slug
        if slug in taken if one.before is None else held.get(slug) != one.before:
            raise StaleChange(one.after.name)


def _check_tree(conn: Connection) -> None:
    """Raises ValueError if an area in use has an unknown parent, or is above itself."""
    rows = conn.execute(select(areas.c.slug, areas.c.parent, areas.c.name).where(areas.c.retired.is_(False)))
    parents = {str(row.slug): (row.parent, str(row.name)) for row in rows}
    for slug, (_, name) in parents.items():
        seen, current = {slug}, parents[slug][0]
        while current is not None:
            if current in seen or current not in parents:
                raise ValueError(f"«{name}» không thể thuộc đơn vị đã chọn: đơn vị ấy không còn, hoặc nằm trong nó.")
            seen.add(current)
            current = parents[current][0]


def _one(conn: Connection, slug: str, *, lock: bool = False) -> OutlinedArea:
    wanted = _KNOWN.where(areas.c.slug == slug)
    row = conn.execute(wanted.with_for_update(key_share=True) if lock else wanted).one_or_none()
    if row is None:
        raise NotFound(f"Không có đơn vị {slug!r}")
    return as_value_or_defaults(OutlinedArea, row)


def _act(change: AreaChange) -> Act:
    before, after = change.before and _recorded(change.before), _recorded(change.after)
    return Act("area.edit" if before else "area.add", f"area/{after.slug}", before, after)


def _recorded(area: OutlinedArea) -> AreaRecord:
    kept = {field.name: getattr(area, field.name) for field in fields(Area)}
    return AreaRecord(**kept, outline=_measure(area.outline) if area.outline else None)


def _measure(outline: Outline) -> OutlineMeasure:
    return OutlineMeasure(len(outline), count_points(outline), digest(outline))
