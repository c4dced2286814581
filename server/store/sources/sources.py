"""Stores sources and the state of their fetching, and writes config.toml's areas, sources and boards to the store.

Also reads areas. Called by most packages of server.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, insert, or_, select, true, update

from server.core.areas import attached
from server.core.model import Area, Board, Source, SourceState
from server.core.sources.trust import airs_unread, content_mark, held_if_changed
from server.store import tables
from server.store.audit import audit
from server.store.database import former_areas, references, revision
from server.store.database.decoding import as_value, as_value_or_defaults, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreUnavailable
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.database.seeding import differs, retire_from_desk, save_from_desk, sync
from server.store.tables import columns_of, values_of

CONFIG_ACTOR = "config.toml"
"""The actor in audit records of changes that the configuration file makes."""
_SOURCES = tables.sources
_STATES = tables.source_states
_KNOWN = select(*columns_of(_SOURCES, Source)).where(_SOURCES.c.retired.is_(False))
_ADDRESSES = select(_SOURCES.c.slug, _SOURCES.c.url)
_IN_USE = select(_SOURCES.c.slug).where(_SOURCES.c.retired.is_(False))
_AREAS_IN_USE = select(tables.areas.c.slug).where(tables.areas.c.retired.is_(False))
_STATES_IN_USE = select(*columns_of(_STATES, SourceState)).where(_STATES.c.slug.in_(_IN_USE))


@retry_on_deadlock
def seed(
    db: Database,
    *,
    areas: Iterable[Area],
    sources: Sequence[Source],
    boards: Iterable[Board],
    now: datetime,
    report: bool = False,
) -> None:
    """Make areas, sources and boards in the store match config.toml.

    Rows that were made or changed at the desk stay as they are, and so do the modes and theme days of all boards.
    Rows that config.toml does not name any more are retired: kept, but not listed. Where it names an area that was
    merged into another one, that other area is meant. A new source, or one with a new
    address, is due at once. With ``report``, the audit records the sources whose stories boards newly show without
    an editor's approval because of config.toml. The revision grows only if something was written. Raises StoreError
    if a row refers to a missing one, and StoreUnavailable if an area would be retired to which a board of the desk
    belongs: that board could not be drawn and would miss urgent notices.
    """
    kept = ("mode", "days")
    with db.read() as conn:
        areas, sources, boards = former_areas.translated(conn, areas, sources, boards)
        tables_and_values = ((tables.areas, areas, ()), (_SOURCES, sources, ()), (tables.boards, boards, kept))
        if not any(differs(conn, table, wanted, desk_owns=owned) for table, wanted, owned in tables_and_values):
            return
    with db.write() as conn:
        advisory_lock(conn, "seed")
        addresses = dict(conn.execute(_ADDRESSES).all())
        known = _configured(conn)
        areas_before = conn.execute(_AREAS_IN_USE).scalars().all()
        changed = [
            sync(conn, tables.areas, areas),
            sync(conn, _SOURCES, sources),
            sync(conn, tables.boards, boards, desk_owns=kept),
        ]
        _refuse_boards_without_area(conn, areas_before)
        for slug, url in conn.execute(_ADDRESSES):
            if addresses.get(slug) != url:
                _reset_state(conn, slug, now, known=slug in addresses)
        if report:
            _record_unread(conn, known, now)
        if any(changed):
            revision.bump(conn, revision.EVERYTHING)


def _configured(conn: Connection) -> dict[str, Source]:
    """Return slug -> source, for the sources in use that nobody has made or changed at the desk."""
    rows = conn.execute(_KNOWN.where(_SOURCES.c.of_the_desk.is_(False)))
    return {row.slug: Source(**row._asdict()) for row in rows}


def _record_unread(conn: Connection, before: dict[str, Source], now: datetime) -> None:
    """Audit each source whose stories boards newly show without an editor's approval, because config.toml says so.

    ``before`` are the sources by slug before this start. If boards showed the stories of a source without approval
    before, it is audited only if its address, or another setting that decides what is read, has changed.
    """
    for slug, source in _configured(conn).items():
        known = before.get(slug)
        agreed = known is not None and airs_unread(known) and content_mark(known) == content_mark(source)
        if airs_unread(source) and not agreed:
            _record(conn, "source.unread_by_config", slug, known, source, CONFIG_ACTOR, now)


def _refuse_boards_without_area(conn: Connection, before: Collection[str]) -> None:
    """Raises StoreUnavailable if a board in use belongs to an area that has just been retired.

    ``before`` are the slugs of the areas in use before this start. Areas that were retired earlier are not checked,
    so that a store that already has such a board starts and shows its other boards.
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


@retry_on_deadlock
def save(db: Database, source: Source, *, actor: str, now: datetime) -> Source:
    """Insert the source, or replace the one with its slug; config.toml does not change it from now on.

    A new source, or one with a new address, new selectors or new settings for mail, is due at once, and the state of
    its fetching is reset.
    Raises ValueError for an unknown area.
    """
    with db.write() as conn:
        return _save(conn, source, actor, now)


@retry_on_deadlock
def add(
    db: Database,
    made: Sequence[Source],
    also: Callable[[Connection, Source], None],
    *,
    actor: str,
    now: datetime,
) -> None:
    """Save the sources ``made`` and call ``also`` for each of them, all in one transaction.

    Raises what `save` and ``also`` raise.
    """
    with db.write() as conn:
        for source in made:
            _save(conn, source, actor, now)
            also(conn, source)


def _save(conn: Connection, source: Source, actor: str, now: datetime) -> Source:
    if source.area is not None:
        references.check_areas(conn, [source.area])
    before = _found(conn, source.slug)
    if before == source:
        return source
    known = conn.execute(select(_STATES.c.slug).where(_STATES.c.slug == source.slug)).one_or_none()
    save_from_desk(conn, _SOURCES, source)
    if before is None or (before.url, before.page, before.mail) != (source.url, source.page, source.mail):
        _reset_state(conn, source.slug, now, known=known is not None)
    _record(conn, "source.save", source.slug, before, source, actor, now)
    revision.bump(conn, revision.EVERYTHING)
    return source


@retry_on_deadlock
def remove(db: Database, slug: str, *, actor: str, now: datetime) -> None:
    """Retire a source: it is not fetched or shown any more, but its stories stay stored. Raises NotFound."""
    with db.write() as conn:
        before = _found(conn, slug)
        if before is None:
            raise NotFound(f"Không có nguồn tin {slug!r}")
        retire_from_desk(conn, _SOURCES, slug)
        _record(conn, "source.remove", slug, before, None, actor, now)
        revision.bump(conn, revision.EVERYTHING)


def _found(conn: Connection, slug: str) -> Source | None:
    row = conn.execute(_KNOWN.where(_SOURCES.c.slug == slug).with_for_update(key_share=True)).one_or_none()
    return as_value(Source, row) if row else None


def _record(
    conn: Connection, act: str, slug: str, before: Source | None, after: Source | None, actor: str, now: datetime
) -> None:
    audit.record(conn, actor=actor, act=act, subject=f"source/{slug}", before=before, after=after, now=now)


def areas(db: Database) -> tuple[Area, ...]:
    """Return every area that is not retired, in the order of config.toml."""
    table = tables.areas
    listed = select(*columns_of(table, Area)).where(table.c.retired.is_(False)).order_by(table.c.position)
    with db.read() as conn:
        return attached(as_value_or_defaults(Area, row) for row in conn.execute(listed))


def all(db: Database, *, retired: bool = False) -> tuple[Source, ...]:
    """Return every source that is not retired, in the order of config.toml; with ``retired`` also retired ones."""
    wanted = select(*columns_of(_SOURCES, Source)) if retired else _KNOWN
    with db.read() as conn:
        return as_values(Source, conn.execute(wanted.order_by(_SOURCES.c.position)))


def slugs(db: Database) -> frozenset[str]:
    """The slugs of all sources, including retired ones.

    A new source must have none of them: it would take over lanes and stories of the old one.
    """
    with db.read() as conn:
        return frozenset(conn.execute(select(_SOURCES.c.slug)).scalars())


def get(db: Database, slug: str) -> Source:
    """The source in use with this slug. Raises NotFound, also for a retired source."""
    with db.read() as conn:
        row = conn.execute(_KNOWN.where(_SOURCES.c.slug == slug)).one_or_none()
    if row is None:
        raise NotFound(f"Không có nguồn tin {slug!r}")
    return as_value(Source, row)


def states(db: Database) -> tuple[SourceState, ...]:
    """The state of fetching of each source in use, next due first."""
    with db.read() as conn:
        rows = conn.execute(_STATES_IN_USE.order_by(_STATES.c.next_fetch_at, _STATES.c.slug))
        return tuple(as_value_or_defaults(SourceState, row) for row in rows)


def claim_due(
    db: Database, *, worker: str, now: datetime, lease: timedelta, limit: int, failing: bool | None = None
) -> list[tuple[Source, SourceState]]:
    """Lease at most ``limit`` due sources, longest due first, to ``worker`` until ``now + lease``.

    No other call gets a source while its lease runs: SQLite has one writer at a time, PostgreSQL skips rows that
    another call has locked. Sources that are gone (HTTP 410) are skipped. ``failing`` restricts the sources to those
    whose last fetch failed (True) or did not (False). ``worker`` is a name that no other process uses.
    """
    by_failure = true() if failing is None else (_STATES.c.failures > 0) if failing else (_STATES.c.failures == 0)
    due = (
        _STATES_IN_USE.where(
            _STATES.c.next_fetch_at <= now,
            _STATES.c.gone.is_(False),
            or_(
                _STATES.c.leased_until.is_(None),
                _STATES.c.leased_until <= now,
                _STATES.c.leased_until > now + 2 * lease,  # leased while the clock was ahead
            ),
            by_failure,
        )
        .order_by(_STATES.c.next_fetch_at, _STATES.c.slug)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    with db.write() as conn:
        claimed = [as_value_or_defaults(SourceState, row) for row in conn.execute(due)]
        slugs = [state.slug for state in claimed]
        conn.execute(
            update(_STATES).where(_STATES.c.slug.in_(slugs)).values(leased_by=worker, leased_until=now + lease)
        )
        found = conn.execute(_KNOWN.where(_SOURCES.c.slug.in_(slugs)))
        named = {one.slug: one for one in as_values(Source, found)}
        return [(named[state.slug], state) for state in claimed if state.slug in named]


def due_now(db: Database, slug: str, *, now: datetime, forget_last_try: bool = False) -> None:
    """Make a source due now, for example because a watched file has changed or another server has pushed.

    A source that is gone (HTTP 410) is tried again. ``forget_last_try`` deletes the time of the last try, which is
    wrong if the clock was ahead then. The revision does not change.
    """
    forgotten = {"last_try": None} if forget_last_try else {}
    with db.write() as conn:
        mine = update(_STATES).where(_STATES.c.slug == slug)
        conn.execute(mine.values({"next_fetch_at": now, "gone": False, **forgotten}))


@retry_on_deadlock
def move(db: Database, slug: str, url: str, *, actor: str, now: datetime) -> None:
    """Set the address of a source to ``url``, to which it redirects, without resetting the state of its fetching.

    A source whose stories are shown without approval is put on ``hold``, unless only the scheme of the URL changes:
    no editor has agreed to show what another address says. Raises NotFound.
    """
    with db.write() as conn:
        before = _found(conn, slug)
        if before is None:
            raise NotFound(f"Không có nguồn tin {slug!r}")
        after = replace(before, url=url)
        if before.url.partition("://")[2] != url.partition("://")[2]:
            after = held_if_changed(before, after)
        values = {"url": url, "trust": after.trust, "cap": after.cap}
        conn.execute(update(_SOURCES).where(_SOURCES.c.slug == slug).values(values))
        _record(conn, "source.move", slug, before, after, actor, now)
        if airs_unread(before) and not airs_unread(after):
            revision.bump(conn, revision.EVERYTHING)


@retry_on_deadlock
def finish(db: Database, slug: str, *, worker: str, state: SourceState) -> bool:
    """Save the state after a fetch and end the lease; returns False, saving nothing, if ``worker`` lost the lease.

    The revision does not change, because boards do not show the state of fetching.
    """
    with db.write() as conn:
        held = (_STATES.c.slug == slug) & (_STATES.c.leased_by == worker)
        outcome = values_of(state) | {"slug": slug, "leased_by": None, "leased_until": None}
        return conn.execute(update(_STATES).where(held).values(outcome)).rowcount == 1


def _reset_state(conn: Connection, slug: str, now: datetime, *, known: bool) -> None:
    """Reset the state of fetching, because ETag and lease of an old address do not apply to the new one.

    ``known`` says whether a row for the source exists.
    """
    fresh = values_of(SourceState(slug, next_fetch_at=now)) | {"leased_by": None, "leased_until": None}
    if known:
        conn.execute(update(_STATES).where(_STATES.c.slug == slug).values(fresh))
    else:
        conn.execute(insert(_STATES).values(fresh))
