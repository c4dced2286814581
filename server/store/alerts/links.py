"""Stores the links that an index of alerts lists, and what reading each of them gave; called by the worker.

A link is read again when its entry in the index changes. One that could not be read is tried again at each poll, and
after three tries only every half hour.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, bindparam, or_, select, update

from server.store.database.chunks import chunks
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock, dialect_insert
from server.store.tables import alert_links

_TABLE = alert_links
MOST_TRIES, RETRY_AFTER = 3, timedelta(minutes=30)


@dataclass(frozen=True, slots=True)
class Listed:
    """An entry of an index: the URL of a document, and a ``fingerprint`` that changes whenever the entry does."""

    address: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of reading a link; ``documents`` are the numbers of its documents that could be read.

    ``reason`` is "" if the whole link was read, else its URL and a Vietnamese sentence on why it was not.
    ``permanent``: the URL does not lead to an alert, and trying again will not help.
    """

    link: Listed
    documents: tuple[int, ...] = ()
    reason: str = ""
    permanent: bool = False


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the listed links of a source have been read.

    ``documents`` are the numbers of the documents of all these links. ``read`` counts the links that were read,
    ``missing`` those that were not read yet, ``lost`` those that lead to no alert. ``unread`` holds at most ten of
    the reasons why the lost ones could not be read.
    """

    documents: frozenset[int]
    missing: int
    unread: tuple[str, ...]
    read: int = 0
    lost: int = 0

    @property
    def unknown(self) -> int:
        """The number of listed links that may lead to an alert in force and were not read; 0 if the poll is good.

        Links that lead to no alert count only if no link was read or is still to be read: then the poll has shown
        nothing about alerts.
        """
        return self.missing if self.missing or self.read else self.lost


def relist(db: Database, source: str, entries: Sequence[Listed], now: datetime) -> None:
    """Replace the listed links of ``source`` by ``entries``, which are ordered newest first.

    The result of reading a link stays, also that of one that is not listed any more.
    """
    wanted = {one.address: (position, one) for position, one in enumerate(entries)}
    with db.write() as conn:
        advisory_lock(conn, f"alerts/{source}")
        rows = conn.execute(select(_TABLE).where(_TABLE.c.source == source)).mappings().all()
        known = {row["address"]: row for row in rows}
        gone = [address for address, row in known.items() if row["listed"] and address not in wanted]
        for some in chunks(gone):
            mine = (_TABLE.c.source == source) & _TABLE.c.address.in_(some)
            conn.execute(update(_TABLE).where(mine).values(listed=False))
        changed = [
            {
                "source": source,
                "address": one.address,
                "fingerprint": one.fingerprint,
                "position": position,
                "listed": True,
                "seen": now,
                "tries": _tries(known.get(one.address), one),
            }
            for position, one in wanted.values()
        ]
        if changed:
            inserting = dialect_insert(conn, _TABLE)
            fresh = {
                name: inserting.excluded[name] for name in ("fingerprint", "position", "listed", "seen", "tries")
            }
            keys = ["source", "address"]
            conn.execute(inserting.on_conflict_do_update(index_elements=keys, set_=fresh), changed)


def _tries(row: RowMapping | None, one: Listed) -> int:
    """The number of failed tries to read a listed link, from its stored ``row``; 0 if it is new or has changed."""
    return 0 if row is None or row["fingerprint"] != one.fingerprint else int(row["tries"])


def pending(db: Database, source: str, now: datetime) -> tuple[Listed, ...]:
    """The listed links that are to be read now, the newest first."""
    due = (
        select(_TABLE.c.address, _TABLE.c.fingerprint)
        .where(
            _TABLE.c.source == source,
            _TABLE.c.listed.is_(True),
            _TABLE.c.read != _TABLE.c.fingerprint,
            or_(
                _TABLE.c.tries < MOST_TRIES,
                _TABLE.c.tried.is_(None),
                _TABLE.c.tried <= now - RETRY_AFTER,
                _TABLE.c.tried > now,  # tried while the clock was ahead
            ),
        )
        .order_by(_TABLE.c.position)
    )
    with db.read() as conn:
        return tuple(Listed(row.address, row.fingerprint) for row in conn.execute(due))


def note(db: Database, source: str, outcomes: Sequence[Outcome], now: datetime) -> None:
    """Store the results of reading some links, at the time ``now``."""
    mine = (_TABLE.c.source == source) & (_TABLE.c.address == bindparam("link"))
    read = [
        {"link": one.link.address, "read": one.link.fingerprint, "documents": list(one.documents)}
        for one in outcomes
        if not one.reason
    ]
    partly = [
        {"link": one.link.address, "documents": list(one.documents)}
        for one in outcomes
        if one.reason and one.documents
    ]
    failed = [
        {"link": one.link.address, "reason": one.reason, "permanent": one.permanent} for one in outcomes if one.reason
    ]
    with db.write() as conn:
        advisory_lock(conn, f"alerts/{source}")
        if read:
            done = (
                update(_TABLE)
                .where(mine)
                .values(
                    read=bindparam("read"),
                    documents=bindparam("documents"),
                    reason="",
                    permanent=False,
                    tries=0,
                    tried=now,
                )
            )
            conn.execute(done, read)
        if partly:
            conn.execute(update(_TABLE).where(mine).values(documents=bindparam("documents")), partly)
        if failed:
            tried = (
                update(_TABLE)
                .where(mine)
                .values(
                    reason=bindparam("reason"), permanent=bindparam("permanent"), tries=_TABLE.c.tries + 1, tried=now
                )
            )
            conn.execute(tried, failed)


def progress(db: Database, source: str) -> Progress:
    """Return how far the listed links of ``source`` have been read."""
    wanted = select(_TABLE).where(_TABLE.c.source == source, _TABLE.c.listed.is_(True)).order_by(_TABLE.c.position)
    numbers: set[int] = set()
    missing, read, unread = 0, 0, list[str]()
    with db.read() as conn:
        for row in conn.execute(wanted).mappings():
            stored = row["documents"]
            numbers.update(one for one in stored if type(one) is int) if isinstance(stored, list) else None
            if row["read"] == row["fingerprint"]:
                read += 1
            elif row["permanent"] and row["tries"] >= MOST_TRIES:
                unread.append(row["reason"])
            else:
                missing += 1
    return Progress(frozenset(numbers), missing, tuple(dict.fromkeys(unread))[:10], read, len(unread))
