"""Stores bulletins of the source information system with what they become; called by notifications and desk.

A bulletin, its announcements or notice, their audit records and messages are one transaction, so that the same
bulletin sent twice, also at the same moment, is taken once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from sqlalchemy import Connection, insert, select, update

from server.core.model import Announcement, Notice
from server.core.source_system.bulletins import BadBulletin, Bulletin, Priority, Sender
from server.core.workflow import ANNOUNCEMENT, NOTICE
from server.store import tables
from server.store.announcements import announcements, rows
from server.store.announcements.announcements import Incomplete, Rules
from server.store.database import references, revision
from server.store.database.chunks import chunks
from server.store.database.decoding import as_value, as_values
from server.store.database.engine import Database
from server.store.database.errors import NotFound
from server.store.database.locks import advisory_lock, retry_on_deadlock
from server.store.notices import notices
from server.store.people import messages
from server.store.people.messages import Message
from server.store.people.rows import area_tree
from server.store.tables import columns_of, source_bulletins, source_items

Tell = Callable[[Announcement | Notice], Sequence[Message]]
"""Returns the messages to editors about an item that is being made; its id is "{id}" in their links."""
MOST_READ = 5_000


class OtherContent(BadBulletin):
    """A bulletin with this number and other content was taken before."""


@dataclass(frozen=True, slots=True)
class TakenBulletin:
    """A bulletin as stored; ``areas`` are slugs. ``recalled`` is when the source system took it back."""

    id: int
    number: str
    digest: str
    actor: str
    sender: str
    priority: Priority
    title: str
    issuer: str
    areas: tuple[str, ...]
    received: datetime
    start: datetime
    until: datetime | None
    replaces: str = ""
    recalled: datetime | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Order:
    """Who gave the announcement ``item`` ("announcement:12") its place on its boards, and when; "" if nobody has."""

    item: str
    ordered_by: str
    ordered: datetime | None


_ALL = select(*columns_of(source_bulletins, TakenBulletin))
_NOTICES = select(*columns_of(tables.notices, Notice))


@retry_on_deadlock
def take(
    db: Database,
    bulletin: Bulletin,
    made: Sequence[Announcement] | Notice,
    areas: tuple[str, ...],
    sender: Sender,
    *,
    now: datetime,
    rules: Rules,
    tell: Tell,
) -> TakenBulletin:
    """Store a bulletin and ``made``, what it becomes in ``areas`` (slugs); returns it.

    If it was taken before, nothing is written and the stored one is returned. Raises OtherContent if its number has
    other content; BadBulletin if it replaces an unknown bulletin or one that ``sender`` may not touch, or no board of
    an area would show it.
    """
    with db.write() as conn:
        advisory_lock(conn, "source_bulletins")
        if (earlier := _find(conn, bulletin.number)) is not None:
            if earlier.digest != bulletin.digest:
                raise OtherContent(
                    f"Bản tin số {bulletin.number} đã nhận với nội dung khác: hãy gửi số mới, ghi rõ thay cho số này."
                )
            return earlier
        old = _replaced(conn, bulletin.replaces, sender)
        taken = _insert(conn, bulletin, areas, sender, now)
        if isinstance(made, Notice):
            items = [_add_notice(conn, made, old, sender, now, tell)]
        else:
            items = _add_announcements(conn, made, old, sender, now, rules, tell)
        conn.execute(insert(source_items), [{"bulletin": taken.id, "item": item} for item in items])
        return taken


@retry_on_deadlock
def recall(db: Database, number: str, sender: Sender, *, now: datetime, reason: str) -> TakenBulletin:
    """Take a bulletin back: its announcements leave queue and boards, its notice ends; returns it.

    Nothing happens if that was done before. Raises NotFound if there is none that ``sender`` may send.
    """
    with db.write() as conn:
        advisory_lock(conn, "source_bulletins")
        before = _find(conn, number)
        if before is None or not all(sender.sends(area) for area in before.areas):
            raise NotFound(f"Không có bản tin số {number}")
        if before.recalled is not None:
            return before
        mine = source_bulletins.c.id == before.id
        conn.execute(update(source_bulletins).where(mine).values(recalled=now, reason=reason))
        for item in _items(conn, before.id):
            _end(conn, item, sender.actor, now, reason or "Hệ thống thông tin nguồn thu hồi bản tin")
        return replace(before, recalled=now, reason=reason)


def find(db: Database, number: str) -> TakenBulletin | None:
    """The bulletin with this number; None if there is none."""
    with db.read() as conn:
        return _find(conn, number)


def listed(db: Database, areas: Collection[str], *, before: int | None, most: int) -> tuple[TakenBulletin, ...]:
    """At most ``most`` bulletins for one of ``areas`` (slugs), newest first; only with ids below ``before``."""
    wanted = _ALL if before is None else _ALL.where(source_bulletins.c.id < before)
    found: list[TakenBulletin] = []
    with db.read() as conn:
        for row in conn.execute(wanted.order_by(source_bulletins.c.id.desc()).limit(MOST_READ)):
            one = as_value(TakenBulletin, row)
            if not set(one.areas).isdisjoint(areas):
                found.append(one)
            if len(found) == most:
                break
    return tuple(found)


def orders(db: Database, bulletins: Collection[int]) -> dict[int, tuple[Order, ...]]:
    """Id of a bulletin -> its items, each with who gave it its place."""
    wanted = select(source_items.c.bulletin, *columns_of(source_items, Order))
    found: dict[int, list[Order]] = {}
    with db.read() as conn:
        for row in conn.execute(wanted.where(source_items.c.bulletin.in_(bulletins)).order_by(source_items.c.item)):
            found.setdefault(row.bulletin, []).append(Order(row.item, row.ordered_by, row.ordered))
    return {id: tuple(items) for id, items in found.items()}


def made_of(db: Database, items: Collection[str]) -> dict[str, Announcement | Notice]:
    """Item such as "announcement:12" -> the announcement or notice; what cannot be read is left out."""
    found: dict[str, Announcement | Notice] = {}
    ids = [(kind, int(id)) for kind, _, id in (item.partition(":") for item in sorted(items))]
    with db.read() as conn:
        for some in chunks([id for kind, id in ids if kind == "announcement"]):
            every = conn.execute(rows.ALL.where(tables.announcements.c.id.in_(some)))
            found |= {f"announcement:{one.id}": one for one in as_values(Announcement, every)}
        for some in chunks([id for kind, id in ids if kind == "notice"]):
            told = conn.execute(_NOTICES.where(tables.notices.c.id.in_(some)))
            found |= {f"notice:{one.id}": one for one in as_values(Notice, told)}
    return found


def of_item(db: Database, item: str) -> TakenBulletin | None:
    """The bulletin of which an item ("announcement:12") was made; None if it was made of none."""
    wanted = _ALL.join(source_items, source_items.c.bulletin == source_bulletins.c.id)
    with db.read() as conn:
        row = conn.execute(wanted.where(source_items.c.item == item)).one_or_none()
    return None if row is None else as_value(TakenBulletin, row)


def replaced_by(db: Database, numbers: Collection[str]) -> dict[str, str]:
    """Number of a bulletin -> number of the newest one that replaces it."""
    c = source_bulletins.c
    wanted = select(c.replaces, c.number).where(c.replaces.in_(numbers), c.replaces != "").order_by(c.id)
    with db.read() as conn:
        return {str(old): str(new) for old, new in conn.execute(wanted)}


def _find(conn: Connection, number: str) -> TakenBulletin | None:
    row = conn.execute(_ALL.where(source_bulletins.c.number == number)).one_or_none()
    return None if row is None else as_value(TakenBulletin, row)


def _items(conn: Connection, bulletin: int) -> list[str]:
    wanted = select(source_items.c.item).where(source_items.c.bulletin == bulletin).order_by(source_items.c.item)
    return list(conn.execute(wanted).scalars())


def _replaced(conn: Connection, number: str, sender: Sender) -> list[str]:
    """The items of the bulletin that is to be replaced."""
    if not number:
        return []
    old = _find(conn, number)
    if old is None or not all(sender.sends(area) for area in old.areas):
        raise BadBulletin(f"Không có bản tin số {number} để thay.")
    return _items(conn, old.id)


def _insert(
    conn: Connection, bulletin: Bulletin, areas: tuple[str, ...], sender: Sender, now: datetime
) -> TakenBulletin:
    values = {
        "number": bulletin.number, "digest": bulletin.digest, "actor": sender.actor, "sender": sender.name,
        "priority": bulletin.priority, "title": " ".join(bulletin.title.split()), "issuer": bulletin.issuer,
        "areas": areas, "received": now, "start": bulletin.start or now, "until": bulletin.until,
        "replaces": bulletin.replaces,
    }  # fmt: skip
    adding = insert(source_bulletins).values(values).returning(*columns_of(source_bulletins, TakenBulletin))
    return as_value(TakenBulletin, conn.execute(adding).one())


def _add_announcements(
    conn: Connection,
    made: Sequence[Announcement],
    old: Sequence[str],
    sender: Sender,
    now: datetime,
    rules: Rules,
    tell: Tell,
) -> list[str]:
    """Post ``made``. An item of ``old`` that boards show stays until its successor is approved; others end now."""
    tree = area_tree(conn)
    former = {one.area: one for one in (_announcement(conn, item) for item in old) if one is not None}
    ended = [item for item in old if item.startswith("notice:")]
    items = []
    for one in made:
        before = former.pop(one.area, None)
        if before is not None and before.state in (rows.SHOWN, "withdrawn"):
            # What an editor has taken off does not return without an editor.
            one = replace(one, replaces=before.id, state="submitted" if before.state == "withdrawn" else one.state)
        elif before is not None:
            ended.append(f"announcement:{before.id}")
        try:
            posted = announcements.post_in(conn, one, actor=sender.actor, rules=rules, notify=tell(one))
        except (Incomplete, ValueError) as error:
            raise BadBulletin(f"{tree.get(one.area).name}: {error}") from error
        items.append(f"announcement:{posted.id}")
    for item in (*ended, *(f"announcement:{one.id}" for one in former.values())):
        _end(conn, item, sender.actor, now, "Hệ thống thông tin nguồn thay bản tin")
    return items


def _add_notice(conn: Connection, made: Notice, old: Sequence[str], sender: Sender, now: datetime, tell: Tell) -> str:
    """Post a notice. A notice of ``old`` that is live is corrected by it: at once, or when an editor sends it."""
    references.check_areas(conn, made.areas)
    live = [one for one in (_notice(conn, item) for item in old) if one is not None and one.state == "live"]
    if live:
        made = replace(made, replaces=live[-1].id)
    posted = notices.add(conn, made)
    notices.record(conn, "notice.post" if made.state == "live" else "notice.draft", None, posted, sender.actor, now)
    messages.queue(conn, messages.numbered(tell(posted), posted.id), now)
    corrected = f"notice:{made.replaces}"
    for item in old:
        if item != corrected:
            _end(conn, item, sender.actor, now, "Hệ thống thông tin nguồn thay bản tin")
    if live and posted.state == "live":
        after = replace(live[-1], state=NOTICE.move(live[-1].state, "correct"), ended=now)
        notices.change(conn, "notice.correct", live[-1], after, sender.actor, now)
    if posted.state == "live":
        revision.bump(conn, revision.NOTICES)
    return f"notice:{posted.id}"


def _announcement(conn: Connection, item: str) -> Announcement | None:
    kind, _, id = item.partition(":")
    return rows.one(conn, int(id), lock=True) if kind == "announcement" else None


def _notice(conn: Connection, item: str) -> Notice | None:
    kind, _, id = item.partition(":")
    return notices.one(conn, int(id), lock=True) if kind == "notice" else None


def _end(conn: Connection, item: str, actor: str, now: datetime, reason: str) -> None:
    """Withdraw an announcement, or discard or clear a notice, unless it has ended already."""
    announcement, notice = _announcement(conn, item), _notice(conn, item)
    if announcement is not None and announcement.state != "withdrawn":
        state = ANNOUNCEMENT.move(announcement.state, "withdraw")
        after = replace(announcement, state=state, reason=reason, successor=None)
        rows.write(conn, "announcement.withdraw", announcement, after, actor, now)
        messages.settle(conn, rows.desk_link(after.id))
        if announcement.state == rows.SHOWN:
            revision.bump(conn, *rows.scopes(after))
    if notice is not None and notice.state == "drafted":
        after_draft = replace(notice, state=NOTICE.move(notice.state, "discard"), ended=notice.issued)
        notices.change(conn, "notice.discard", notice, after_draft, actor, now)
    elif notice is not None and notice.state == "live":
        cleared = replace(notice, state=NOTICE.move(notice.state, "clear"), ended=now)
        notices.change(conn, "notice.clear", notice, cleared, actor, now)
        revision.bump(conn, revision.NOTICES)
