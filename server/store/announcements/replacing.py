"""Makes sure that boards show at most one of the announcements that replace each other; called by announcements.

A new version of an approved announcement is an announcement of its own, whose ``replaces`` is the id of the old one.
All announcements that lead to the same first one through ``replaces`` are a family. A transaction that approves a
member first locks the row of the first one, so that two members are never approved at the same time.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, or_, select

from server.core.model import Announcement
from server.store.announcements import rows
from server.store.database.decoding import as_values
from server.store.database.errors import StoreRefusal
from server.store.people import messages
from server.store.tables import announcements


class AnotherVersion(StoreRefusal):
    """Boards show ``current``, a version that the approved announcement does not replace. Nothing was written."""

    def __init__(self, current: Announcement) -> None:
        super().__init__(
            f"Bản khác của thông báo này (số {current.id}) đang được chiếu: hãy xem chỗ khác nhau rồi quyết định"
        )
        self.current = current


class TakenOff(AnotherVersion):
    """A person has withdrawn ``current``, which the approved announcement would replace. Nothing was written."""

    def __init__(self, current: Announcement) -> None:
        StoreRefusal.__init__(
            self, f"Thông báo số {current.id} mà bản này thay đã bị gỡ: hãy xem vì sao rồi quyết định"
        )
        self.current = current


def current_version(conn: Connection, one: Announcement, now: datetime) -> Announcement | None:
    """The newest other member of the family of ``one`` that is approved and has not ended; None if there is none."""
    found = _approved(conn, _family(conn, one) - {one.id}, now)
    return found[-1] if found else None


def taken_off(conn: Connection, one: Announcement, now: datetime) -> Announcement | None:
    """The newest other member of the family of ``one`` that a person has withdrawn and that has not ended.

    None if there is none, if ``one`` replaces nothing, or if another member is approved. Members that were withdrawn
    because another one replaced them do not count.
    """
    if one.replaces is None:
        return None
    others = _family(conn, one) - {one.id}
    wanted = rows.ALL.where(
        announcements.c.id.in_(others), announcements.c.state == "withdrawn",
        announcements.c.successor.is_(None), _not_ended(now),
    )  # fmt: skip
    found = as_values(Announcement, conn.execute(wanted.order_by(announcements.c.id)))
    return found[-1] if found and not _approved(conn, others, now) else None


def need_agreement(conn: Connection, approved: Announcement, instead_of: int | None, now: datetime) -> None:
    """Raises TakenOff if `taken_off` finds an announcement for ``approved`` whose id is not ``instead_of``."""
    gone = taken_off(conn, approved, now)
    if gone is not None and gone.id != instead_of:
        raise TakenOff(gone)


def withdraw_others(
    conn: Connection, shown: Announcement, instead_of: int | None, actor: str, now: datetime
) -> tuple[Announcement, ...]:
    """Withdraw the approved versions that ``shown`` replaces, in the caller's transaction; returns them.

    Their ids must be ``shown.replaces`` or ``instead_of``, the id of a version that the actor has seen. Raises
    AnotherVersion if another version is approved.
    """
    family = _locked_family(conn, shown)
    if family == {shown.id}:
        return ()
    others = _approved(conn, family - {shown.id}, now)
    for other in others:
        if other.id not in (shown.replaces, instead_of):
            raise AnotherVersion(other)
    withdrawn = []
    for other in others:
        before = rows.one(conn, other.id, lock=True)
        after = replace(before, state="withdrawn", reason=_reason(shown), successor=shown.id)
        rows.write(conn, "announcement.replace", before, after, actor, now)
        messages.settle(conn, rows.desk_link(after.id))
        withdrawn.append(after)
    return tuple(withdrawn)


def put_back(
    conn: Connection, taken_off: Announcement, actor: str, now: datetime, days_off: Collection[date]
) -> tuple[Announcement, ...]:
    """Approve the announcement again that was withdrawn because ``taken_off`` replaced it; returns it in a tuple.

    Does nothing and returns () if that announcement has ended, or if another member of the family is approved.
    """
    family = _locked_family(conn, taken_off)
    wanted = rows.ALL.where(
        announcements.c.id.in_(family), announcements.c.state == "withdrawn",
        announcements.c.successor == taken_off.id, _not_ended(now),
    )  # fmt: skip
    found = as_values(Announcement, conn.execute(wanted.order_by(announcements.c.id)))
    if not found or _approved(conn, family - {taken_off.id}, now):
        return ()
    before = found[-1]
    after = rows.with_windows(replace(before, state=rows.SHOWN, reason="", successor=None), now, days_off)
    rows.write(conn, "announcement.reinstate", before, after, actor, now)
    messages.settle(conn, rows.desk_link(after.id))
    return (after,)


def _reason(shown: Announcement) -> str:
    return f"Thay bằng thông báo số {shown.id}"


def _locked_family(conn: Connection, one: Announcement) -> set[int]:
    """Lock the first member of the family, if it has several; returns the ids of the family.

    The ids are read again after locking, because a version may have been added meanwhile. The locked row is not
    decoded, so that unreadable values in it do not block the others.
    """
    family = _family(conn, one)
    if len(family) == 1:
        return family
    first = select(announcements.c.id).where(announcements.c.id == min(family))
    conn.execute(first.with_for_update(key_share=True))
    return _family(conn, one)


def _family(conn: Connection, one: Announcement) -> set[int]:
    """The ids of all announcements connected with ``one`` through ``replaces``; the first one has the lowest id."""
    id, replaces = announcements.c.id, announcements.c.replaces
    found: set[int] = set()
    edge = {one.id} if one.replaces is None else {one.id, one.replaces}
    while edge:
        known = conn.execute(select(id, replaces).where(or_(id.in_(edge), replaces.in_(edge)))).all()
        found |= edge
        edge = {each for row in known for each in (row.id, row.replaces) if each is not None} - found
    return found


def _not_ended(now: datetime) -> ColumnElement[bool]:
    return or_(announcements.c.ends.is_(None), announcements.c.ends > now)


def _approved(conn: Connection, ids: Collection[int], now: datetime) -> tuple[Announcement, ...]:
    wanted = rows.ALL.where(announcements.c.id.in_(ids), announcements.c.state == rows.SHOWN, _not_ended(now))
    return as_values(Announcement, conn.execute(wanted.order_by(announcements.c.id)))
