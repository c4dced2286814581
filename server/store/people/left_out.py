"""Sends editors messages about items that boards leave out; marks them as seen when boards show the items again.

Boards leave out announcements, notices and stories that cannot be read or drawn. Called by the server's job
live.ops.left_out. The key of an item is that of laps: "announcement:12".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from sqlalchemy import Connection, or_, select, update

from server.core import policy
from server.core.areas import AreaTree
from server.core.model import Announcement, Notice
from server.store.database import damaged_rows
from server.store.database.engine import Database
from server.store.database.locks import advisory_lock
from server.store.people import messages, rows
from server.store.people.messages import Message
from server.store.tables import announcements, notices, sources, stories
from server.store.tables import messages as _messages

KIND = "item.left_out"
OTHERS = "item.left_out_more"
"""The kind of the one message about all items of a person beyond the first MOST_TOLD."""
MOST_TOLD = 50
# The most ids in one query.
AT_ONCE = 500
# The key in ``Message.words`` of the list of servers that leave the item out.
_BY = "servers"
# Within this time a message that was seen is not sent again for the same item, even if a server restarts.
AGAIN_AFTER = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """An item that boards leave out.

    ``title`` is "" if unreadable, ``areas`` are slugs, ``link`` is the path of the item's page at the desk.
    """

    title: str
    areas: tuple[str, ...]
    link: str


def unreadable(db: Database, now: datetime) -> tuple[str, ...]:
    """The keys of approved announcements that have not ended, and of live notices, whose rows cannot be read."""
    ends = announcements.c.ends
    shown = (
        announcements.c.state == "approved",
        announcements.c.template.is_(False),
        or_(ends.is_(None), ends > now),
    )
    with db.read() as conn:
        posted = damaged_rows.of_table(conn, announcements, Announcement, "id", *shown)
        urgent = damaged_rows.of_table(conn, notices, Notice, "id", notices.c.state == "live")
        return (*(f"announcement:{one.key}" for one in posted), *(f"notice:{one.key}" for one in urgent))


def tell(
    db: Database, keys: Collection[str], unreadable_keys: Collection[str], now: datetime, *, server: str = ""
) -> int:
    """Write a message about each item in ``keys`` to its nearest editors; returns how many messages were written.

    ``unreadable_keys`` are those of ``keys`` whose rows cannot be read. ``server`` is the name of the server that
    leaves the items out. An editor with an unseen message about an item, or one of the last day, gets no new one. A
    message about an item that is not in ``keys`` is marked as seen, unless another server still leaves that item out.
    An editor of more than MOST_TOLD items gets one message for each of the first MOST_TOLD, and one about the others.
    """
    with db.read() as conn:
        tree = rows.area_tree(conn)
        wanted = _wanted(_described(conn, tree, keys, unreadable_keys), rows.everyone(conn), tree)
        if not _changes(conn, wanted, server, now):
            return 0
    with db.write() as conn:
        advisory_lock(conn, "left out")
        # Compute again under the lock, because another server may have written the same messages in between.
        changes = _changes(conn, wanted, server, now)
        for state in changes.states:
            conn.execute(
                update(_messages).where(_messages.c.id == state.id).values(words=state.words, seen=not state.open)
            )
        messages.queue(conn, changes.new, now)
        return len(changes.new)


@dataclass(frozen=True, slots=True)
class _State:
    """The new values of the stored message with the id ``id``.

    ``words`` contains the names of the servers that leave the item out; ``open`` says whether any server does.
    """

    id: int
    words: Mapping[str, object]
    open: bool


@dataclass(frozen=True, slots=True)
class _Changes:
    states: list[_State]
    new: list[Message]

    def __bool__(self) -> bool:
        return bool(self.states or self.new)


def _wanted(
    found: Iterable[LeftOut], every: Sequence[policy.Person], tree: AreaTree
) -> dict[tuple[str, str], Message]:
    """Return (username, link) -> the message that the editor should have about the item with this link."""
    wanted: dict[tuple[str, str], Message] = {}
    count: Counter[str] = Counter()
    nearest = {area: policy.nearest_editors(every, area, tree) for one in found for area in one.areas}
    for one in found:
        for name in dict.fromkeys(person.username for area in one.areas for person in nearest[area]):
            if (name, one.link) in wanted:
                continue
            count[name] += 1
            made = _message(name, one) if count[name] <= MOST_TOLD else _others(name)
            wanted.setdefault((name, made.link), made)
    return wanted


def _message(person: str, one: LeftOut) -> Message:
    return Message(person, f"Không chiếu được: {one.title}", "", one.link, kind=KIND, words={"title": one.title})


def _others(person: str) -> Message:
    return Message(person, "Còn nhiều nội dung khác không chiếu được", "", "/desk/queue/?left_out", kind=OTHERS)


def _changes(conn: Connection, wanted: Mapping[tuple[str, str], Message], server: str, now: datetime) -> _Changes:
    """The updates and new messages that make the stored messages match ``wanted`` (by username and link).

    A message is not written again while the earlier one is unseen or younger than AGAIN_AFTER.
    """
    recent = or_(_messages.c.seen.is_(False), _messages.c.created > now - AGAIN_AFTER)
    columns = (_messages.c.id, _messages.c.person, _messages.c.link, _messages.c.seen, _messages.c.words)
    told, states = set(), []
    for row in conn.execute(select(*columns).where(_messages.c.kind.in_((KIND, OTHERS)), recent)):
        key = (row.person, row.link)
        told.add(key)
        words = row.words if isinstance(row.words, dict) else {}
        before = [one for one in words.get(_BY, [server]) if isinstance(one, str)]
        after = sorted({*before, server}) if key in wanted else [one for one in before if one != server]
        if not row.seen and (after != before or not after):
            states.append(_State(row.id, {**words, _BY: after}, bool(after)))
    by = {_BY: [server]} if server else {}
    new = [replace(one, words={**one.words, **by}) for key, one in wanted.items() if key not in told]
    return _Changes(states, new)


def _described(
    conn: Connection, tree: AreaTree, keys: Iterable[str], unreadable_keys: Collection[str]
) -> list[LeftOut]:
    """Return the announcements, notices and stories with these keys; other keys are ignored.

    Keys of deleted rows are ignored, too. ``unreadable_keys`` are those whose rows cannot be read.
    """
    ids: dict[str, list[int]] = {kind: [] for kind in _BY_KIND}
    for key in keys:
        kind, _, number = key.partition(":")
        if kind in ids and number.isdecimal():
            ids[kind].append(int(number))
    roots, found = tuple(tree.roots()), list[LeftOut]()
    for kind, describe in _BY_KIND.items():
        damaged = {id for id in ids[kind] if f"{kind}:{id}" in unreadable_keys}
        for some in _parts(sorted(ids[kind])):
            found += describe(conn, some, damaged, roots)
    return found


def _parts(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    """Split ``ids`` into slices of at most AT_ONCE, for one query each."""
    return (ids[at : at + AT_ONCE] for at in range(0, len(ids), AT_ONCE))


def _announcements(
    conn: Connection, ids: Sequence[int], damaged: Collection[int], _roots: tuple[str, ...]
) -> Iterator[LeftOut]:
    table = announcements.c
    for row in conn.execute(select(table.id, table.title, table.area).where(table.id.in_(ids)).order_by(table.id)):
        # An unreadable announcement has no page: link to its row in the list, which has a button to withdraw it.
        link = f"/desk/queue/?damaged={row.id}" if row.id in damaged else f"/desk/queue/{row.id}"
        yield LeftOut(_title(row.title), (str(row.area),), link)


def _notices(
    conn: Connection, ids: Sequence[int], _damaged: Collection[int], roots: tuple[str, ...]
) -> Iterator[LeftOut]:
    table = notices.c
    for row in conn.execute(
        select(table.id, table.headline, table.areas).where(table.id.in_(ids)).order_by(table.id)
    ):
        areas = tuple(one for one in row.areas if isinstance(one, str)) if isinstance(row.areas, tuple) else ()
        yield LeftOut(_title(row.headline), areas or roots, f"/desk/urgent/{row.id}")


def _stories(
    conn: Connection, ids: Sequence[int], _damaged: Collection[int], roots: tuple[str, ...]
) -> Iterator[LeftOut]:
    wanted = select(stories.c.title, sources.c.slug, sources.c.area).join(sources, sources.c.slug == stories.c.source)
    for row in conn.execute(wanted.where(stories.c.id.in_(ids)).order_by(stories.c.id)):
        yield LeftOut(_title(row.title), (str(row.area),) if row.area else roots, f"/desk/sources/{row.slug}")


_BY_KIND: Mapping[str, Callable[[Connection, Sequence[int], Collection[int], tuple[str, ...]], Iterator[LeftOut]]] = {
    "announcement": _announcements,
    "notice": _notices,
    "story": _stories,
}


def _title(value: object) -> str:
    return value[:200] if isinstance(value, str) else ""
