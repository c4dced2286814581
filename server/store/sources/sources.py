"""Sources, the state of their fetching, and the seeding from config; called by setup, worker.harvest and the desk.

Areas are read here too.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, true, update

from server.core.model import Area, Board, Source, SourceState
from server.store import tables
from server.store.audit import audit
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreUnavailable
from server.store.database.locks import advisory_lock
from server.store.database.seeding import retire_from_desk, save_from_desk, sync
from server.store.tables import columns_of, values_of

_SOURCES = tables.sources
_STATES = tables.source_states
_KNOWN = select(*columns_of(_SOURCES, Source)).where(_SOURCES.c.retired.is_(False))
_ADDRESSES = select(_SOURCES.c.slug, _SOURCES.c.url)
_IN_USE = select(_SOURCES.c.slug).where(_SOURCES.c.retired.is_(False))
_AREAS_IN_USE = select(tables.areas.c.slug).where(tables.areas.c.retired.is_(False))
_STATES_IN_USE = select(*columns_of(_STATES, SourceState)).where(_STATES.c.slug.in_(_IN_USE))


def seed(
    db: Database,
    *,
    areas: Iterable[Area],
    sources: Sequence[Source],
    boards: Iterable[Board],
    now: datetime,
) -> None:
    """Write what config says; rows that the desk made or changed stay as they are, and so do mode and days of boards.

    Rows that config does not name any more are retired: kept, but not listed. A new source, or one whose address
    changed, is due at once. The revision grows only if something was written. Raises StoreError for a broken
    reference (config has checked them before), and if an area would be retired that a board of the desk still uses:
    such a board could not be drawn and would miss urgent notices.
    """
    with db.write() as conn:
        advisory_lock(conn, "seed")
        addresses = dict(conn.execute(_ADDRESSES).all())
        areas_before = conn.execute(_AREAS_IN_USE).scalars().all()
        changed = [
            sync(conn, tables.areas, areas),
            sync(conn, _SOURCES, sources),
            sync(conn, tables.boards, boards, desk_owns=("mode", "days")),
        ]
        _refuse_boards_without_area(conn, areas_before)
        for slug, url in conn.execute(_ADDRESSES):
            if addresses.get(slug) != url:
                _reset_state(conn, slug, now, known=slug in addresses)
        if any(changed):
            revision.bump(conn, revision.EVERYTHING)


def _refuse_boards_without_area(conn: Connection, before: Collection[str]) -> None:
    """Raises StoreUnavailable if a board in use belongs to an area that has just been retired.

    ``before`` are the slugs of the areas that were in use until now. Areas retired earlier are not checked: a store
    with a board in one of them still starts, so that its other boards are shown.
    """
    area, board = tables.areas.c, tables.boards.c
    left = (
        select(board.slug, area.slug.label("area"))
        .join(tables.areas, board.area == area.slug)
        .where(board.retired.is_(False), area.retired.is_(True), area.slug.in_(before))
        .order_by(board.position, board.slug)
    )
    found = conn.execute(left).all()
    if found:
        named = ", ".join(f"{row.slug} (đơn vị {row.area})" for row in found)
        raise StoreUnavailable(
            f"config.toml không còn đơn vị mà bảng tin sửa ở bàn biên tập vẫn thuộc về: {named}. Hãy ghi lại đơn vị "
            "ấy vào config.toml, chạy lại, chuyển các bảng tin ấy sang đơn vị khác ở bàn biên tập rồi mới bỏ."
        )


def save(db: Database, source: Source, *, actor: str, now: datetime) -> Source:
    """Insert or replace the source of that slug; from now on config.toml does not change it.

    A new source, or one with a new address or new selectors, is due at once and its state is reset. Raises
    ValueError for an unknown area.
    """
    with db.write() as conn:
        if source.area is not None:
            references.check_areas(conn, [source.area])
        before = _found(conn, source.slug)
        if before == source:
            return source
        known = conn.execute(select(_STATES.c.slug).where(_STATES.c.slug == source.slug)).one_or_none()
        save_from_desk(conn, _SOURCES, source)
        if before is None or (before.url, before.page) != (source.url, source.page):
            _reset_state(conn, source.slug, now, known=known is not None)
        _record(conn, "source.save", source.slug, before, source, actor, now)
        revision.bump(conn, revision.EVERYTHING)
        return source


def remove(db: Database, slug: str, *, actor: str, now: datetime) -> None:
    """Retire a source: it is not fetched any more and leaves every lane; its stories stay. Raises NotFound."""
    with db.write() as conn:
        before = _found(conn, slug)
        if before is None:
            raise NotFound(f"Không có nguồn tin {slug!r}")
        retire_from_desk(conn, _SOURCES, slug)
        _record(conn, "source.remove", slug, before, None, actor, now)
        revision.bump(conn, revision.EVERYTHING)


def _found(conn: Connection, slug: str) -> Source | None:
    row = conn.execute(_KNOWN.where(_SOURCES.c.slug == slug).with_for_update()).one_or_none()
    return Source(**row._asdict()) if row else None


def _record(
    conn: Connection, act: str, slug: str, before: Source | None, after: Source | None, actor: str, now: datetime
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"source/{slug}", before=before, after=after, now=now)


def areas(db: Database) -> tuple[Area, ...]:
    """Every area in use, in the order of config."""
    table = tables.areas
    listed = select(*columns_of(table, Area)).where(table.c.retired.is_(False)).order_by(table.c.position)
    with db.read() as conn:
        return tuple(Area(**row._asdict()) for row in conn.execute(listed))


def all(db: Database) -> tuple[Source, ...]:
    """Every source in use, in the order of config."""
    with db.read() as conn:
        return tuple(Source(**row._asdict()) for row in conn.execute(_KNOWN.order_by(_SOURCES.c.position)))


def get(db: Database, slug: str) -> Source:
    """Raises NotFound, also for a retired source."""
    with db.read() as conn:
        row = conn.execute(_KNOWN.where(_SOURCES.c.slug == slug)).one_or_none()
    if row is None:
        raise NotFound(f"Không có nguồn tin {slug!r}")
    return Source(**row._asdict())


def states(db: Database) -> tuple[SourceState, ...]:
    """The state of each source in use, next due first."""
    with db.read() as conn:
        rows = conn.execute(_STATES_IN_USE.order_by(_STATES.c.next_fetch_at, _STATES.c.slug))
        return tuple(SourceState(**row._asdict()) for row in rows)


def claim_due(
    db: Database, *, worker: str, now: datetime, lease: timedelta, limit: int, failing: bool | None = None
) -> list[tuple[Source, SourceState]]:
    """Lease at most ``limit`` due sources, longest due first, to ``worker`` until ``now + lease``.

    Two claims never get the same source while a lease runs: SQLite has one writer at a time, PostgreSQL skips
    rows that another claim has locked. Sources that are gone (410) are skipped. ``failing`` selects only those
    that failed last time (True) or did not (False). Every process needs a ``worker`` name of its own.
    """
    by_failure = true() if failing is None else (_STATES.c.failures > 0) if failing else (_STATES.c.failures == 0)
    due = (
        _STATES_IN_USE.where(
            _STATES.c.next_fetch_at <= now,
            _STATES.c.gone.is_(False),
            or_(_STATES.c.leased_until.is_(None), _STATES.c.leased_until <= now),
            by_failure,
        )
        .order_by(_STATES.c.next_fetch_at, _STATES.c.slug)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with db.write() as conn:
        claimed = [SourceState(**row._asdict()) for row in conn.execute(due)]
        slugs = [state.slug for state in claimed]
        conn.execute(
            update(_STATES).where(_STATES.c.slug.in_(slugs)).values(leased_by=worker, leased_until=now + lease)
        )
        found = conn.execute(_KNOWN.where(_SOURCES.c.slug.in_(slugs)))
        named = {row.slug: Source(**row._asdict()) for row in found}
        return [(named[state.slug], state) for state in claimed]


def due_now(db: Database, slug: str, *, now: datetime) -> None:
    """Make a source due now: a watched file has changed, or an editor requested it.

    A source that is gone (410) is tried again. The revision does not change.
    """
    with db.write() as conn:
        conn.execute(update(_STATES).where(_STATES.c.slug == slug).values(next_fetch_at=now, gone=False))


def move(db: Database, slug: str, url: str, *, actor: str, now: datetime) -> None:
    """Set the new address that a source redirects to; its state stays. Raises NotFound."""
    with db.write() as conn:
        before = _found(conn, slug)
        if before is None:
            raise NotFound(f"Không có nguồn tin {slug!r}")
        conn.execute(update(_SOURCES).where(_SOURCES.c.slug == slug).values(url=url))
        _record(conn, "source.move", slug, before, replace(before, url=url), actor, now)


def finish(db: Database, slug: str, *, worker: str, state: SourceState) -> bool:
    """Save the state after a fetch and end the lease; False, with nothing saved, if another worker holds it now.

    The revision does not change: boards do not show how a fetch went.
    """
    with db.write() as conn:
        held = (_STATES.c.slug == slug) & (_STATES.c.leased_by == worker)
        outcome = values_of(state) | {"slug": slug, "leased_by": None, "leased_until": None}
        return conn.execute(update(_STATES).where(held).values(outcome)).rowcount == 1


def _reset_state(conn: Connection, slug: str, now: datetime, *, known: bool) -> None:
    """Reset the state of a source: ETag and lease of an old address do not apply to the new one."""
    fresh = values_of(SourceState(slug, next_fetch_at=now)) | {"leased_by": None, "leased_until": None}
    if known:
        conn.execute(update(_STATES).where(_STATES.c.slug == slug).values(fresh))
    else:
        conn.execute(insert(_STATES).values(fresh))
