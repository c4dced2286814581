"""Stores when each source of alerts last gave data, and why a poll gave none; called by worker, desk and processes.

A poll changes nothing that boards show, so it does not change the revision: the director reads the polls themselves.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, RowMapping, or_, select, update

from server.core.alerts.document import Key
from server.core.alerts.polls import Absence, Poll, absences_after, silent_since
from server.core.alerts.polls_view import PollView
from server.core.alerts.rules import AlertRules
from server.core.areas import AreaTree
from server.core.model import AlertSettings, Source
from server.store.alerts.placeless import is_placeless
from server.store.alerts.taken_off import taken_off
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock, insert_new
from server.store.sources import sources
from server.store.tables import alert_documents, alert_polls, alert_states, columns_of

_TABLE = alert_polls


@dataclass(frozen=True, slots=True)
class PollState:
    """What is known of the polls of one source.

    ``reason`` is a Vietnamese sentence on why the last poll gave no data, "" if it gave data. ``cut``: the index
    lists more than was read, or an alert in it is damaged. ``held_since`` is the time since which an editor holds the
    source, None if nobody does; documents that arrive while it is held wait for approval, except those that only end
    a danger.
    """

    source: str
    first_try: datetime
    last_try: datetime
    last_good: datetime | None = None
    reason: str = ""
    cut: bool = False
    held_since: datetime | None = None
    held_by: str = ""


def states(db: Database) -> tuple[PollState, ...]:
    """The state of the polls of every source that was polled or held at least once, ordered by slug."""
    with db.read() as conn:
        return _states(conn)


def _states(conn: Connection) -> tuple[PollState, ...]:
    rows = conn.execute(select(*columns_of(_TABLE, PollState)).order_by(_TABLE.c.source)).mappings()
    return tuple(one for one in map(_state, rows) if one is not None)


def _state(row: RowMapping) -> PollState | None:
    """The state of polls in a row; None if its first or last try is unreadable.

    Another unreadable time becomes None. So boards say that the source gives no data, and do not trust old data.
    """
    values = dict(row)
    for name in ("last_good", "held_since"):
        if not isinstance(values[name], datetime):
            values[name] = None
    usable = isinstance(values["first_try"], datetime) and isinstance(values["last_try"], datetime)
    return PollState(**values) if usable else None


def failed(db: Database, source: str, reason: str, now: datetime) -> None:
    """Store that a poll of ``source`` gave no data; ``reason`` is a Vietnamese sentence."""
    with db.write() as conn:
        _row(conn, source, now)
        conn.execute(update(_TABLE).where(_TABLE.c.source == source).values(last_try=now, reason=reason))


def good(
    db: Database,
    source: str,
    now: datetime,
    rules: AlertRules,
    *,
    listed: Collection[int],
    cut: bool | None,
    unchanged: bool,
) -> None:
    """Store that a poll of ``source`` gave data. ``listed`` are the numbers of all documents that the index lists.

    ``cut`` says whether a part of the index could not be read, None that this is as at the last good poll.
    ``unchanged``: the index is the same as at the last poll. If ``rules`` say that the source's index is complete,
    the store counts for each shown document at how many polls the index did not list it.
    """
    with db.write() as conn:
        before = _row(conn, source, now)
        was_cut = bool(before["cut"]) if cut is None else cut
        values: dict[str, object] = {"last_try": now, "last_good": now, "reason": "", "cut": was_cut}
        if rules.index == "complete":
            values["absences"] = _counted(conn, before, listed, rules, cut=was_cut, unchanged=unchanged, now=now)
        conn.execute(update(_TABLE).where(_TABLE.c.source == source).values(values))


def _row(conn: Connection, source: str, now: datetime) -> RowMapping:
    advisory_lock(conn, f"alert polls/{source}")
    insert_new(conn, _TABLE, {"source": source, "first_try": now, "last_try": now})
    return conn.execute(select(_TABLE).where(_TABLE.c.source == source)).mappings().one()


def _counted(
    conn: Connection,
    before: RowMapping,
    listed: Collection[int],
    rules: AlertRules,
    *,
    cut: bool,
    unchanged: bool,
    now: datetime,
) -> list[list[object]]:
    source: str = before["source"]
    shown = alert_states.c.state.in_(("in_force", "waiting"))
    only_taken_off = (alert_states.c.state == "ended") & (alert_states.c.until > now)
    wanted = (
        select(alert_documents.c.id)
        .join(alert_states, alert_states.c.document == alert_documents.c.id)
        .where(alert_documents.c.source == source, or_(shown, only_taken_off))
    )
    known = {number: _number_key(source, number) for number in conn.execute(wanted).scalars()}
    old = {_number_key(source, number): one for number, one in _absences(before["absences"]).items()}
    poll = Poll(now, True, frozenset(_number_key(source, one) for one in listed), cut=cut, unchanged=unchanged)
    found = absences_after(poll, old, known.values(), rules)
    since = {key: one.since.isoformat() if one.since else None for key, one in found.items()}
    return [[number, found[key].polls, since[key]] for number, key in known.items() if key in found]


def _number_key(source: str, number: int) -> Key:
    """A made-up key for `absences_after`, which only compares keys; so the documents need not be read."""
    return Key(source, "", str(number), _ANY)


_ANY = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


def _absences(stored: object) -> dict[int, Absence]:
    """Return number of a document -> its absence from the index; documents with damaged entries are left out."""
    found: dict[int, Absence] = {}
    for one in stored if isinstance(stored, list) else ():
        try:
            number, polls, since = one
            found[int(number)] = Absence(int(polls), datetime.fromisoformat(since) if since else None)
        except (TypeError, ValueError):
            continue
    return found


def missing(db: Database, source: str) -> dict[int, datetime]:
    """Return number of a document -> since when it is over because too many polls in a row did not list it.

    Only documents of sources whose index is complete are counted (`good`).
    """
    with db.read() as conn:
        stored: object = conn.execute(select(_TABLE.c.absences).where(_TABLE.c.source == source)).scalar_one_or_none()
    return {number: one.since for number, one in _absences(stored).items() if one.since is not None}


def silences(db: Database, now: datetime, rules: AlertRules) -> tuple[tuple[Source, datetime], ...]:
    """The sources in use that give no data at ``now``, each with since when; without those that were never polled."""
    quiet = {one.source: silent_since(one.last_good, one.first_try, now, rules) for one in states(db)}
    if not any(quiet.values()):
        return ()
    found = ((one, quiet.get(one.slug)) for one in alert_sources(sources.all(db)))
    return tuple((one, since) for one, since in found if since is not None)


def silent(db: Database, now: datetime, rules: AlertRules) -> tuple[str, ...]:
    """The names of the sources in `silences`."""
    return tuple(one.name for one, _ in silences(db, now, rules))


def views(db: Database, now: datetime) -> tuple[PollView, ...]:
    """Return what boards are told at ``now`` about each source in use with alerts to show, in config.toml's order.

    A source concerns the boards of its area and of the areas below it; one without an area concerns all boards.
    """
    listed = alert_sources(sources.all(db))
    if not listed:
        return ()
    tree, every = AreaTree(sources.areas(db)), boards.all(db)
    with db.read() as conn:
        last = {one.source: one for one in _states(conn)}
        placeless = _with_placeless_drafts(conn)
        ended = taken_off(conn, every, tree, now)
    return tuple(
        PollView(
            one.slug,
            one.name,
            last[one.slug].last_good if one.slug in last else None,
            frozenset(board.slug for board in every if one.area is None or tree.covers(one.area, board.area)),
            one.slug in placeless,
            ended.get(one.slug, ()),
            one.slug in last and last[one.slug].cut,
        )
        for one in listed
    )


def _with_placeless_drafts(conn: Connection) -> frozenset[str]:
    """The slugs of the sources that have an alert without a readable place, which waits for an editor."""
    drafts = (
        select(alert_documents.c.source, alert_states.c.state, alert_states.c.why)
        .join(alert_states, alert_states.c.document == alert_documents.c.id)
        .where(alert_states.c.state == "draft")
    )
    return frozenset(row.source for row in conn.execute(drafts) if is_placeless(row.state, row.why))


def alert_sources(every: Iterable[Source]) -> tuple[Source, ...]:
    """Return those of ``every`` that are sources of alerts and whose settings let boards show alerts."""
    return tuple(one for one in every if one.kind == "cap" and (one.cap or AlertSettings()).alerts != "none")


Held = Mapping[str, datetime]


def held(db: Database) -> Held:
    """Return slug of a source -> the time since which an editor holds it; sources that are not held are left out."""
    return {one.source: one.held_since for one in states(db) if one.held_since is not None}
