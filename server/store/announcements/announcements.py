"""Stores announcements of operators to an area and the areas below it; called by desk, cli, content and listings.

Each step of the workflow is one transaction with its audit record. server.core.workflow decides which steps are
possible in a state; the caller has already checked that the actor has the right to take the step.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection, insert, or_, select, update

from server.core import showing
from server.core.announcements.parts import Problem, changed, out_of_bounds
from server.core.model import Announcement
from server.core.workflow import ANNOUNCEMENT, NotPossible, check_four_eyes, is_own_work
from server.store.announcements import replacing, rows, sent_forms
from server.store.announcements.history import past_body
from server.store.announcements.sent_forms import FormToken
from server.store.boards import boards as stored_boards
from server.store.database import damaged_rows, references, revision
from server.store.database.decoding import as_values
from server.store.database.engine import Database
from server.store.database.errors import Conflict, NotFound, NotLive, StoreRefusal
from server.store.database.locks import retry_on_deadlock
from server.store.people import messages
from server.store.people.messages import Message
from server.store.people.rows import area_tree, by_username
from server.store.tables import announcement_versions, announcements, boards

SHOWN = rows.SHOWN
desk_link = rows.desk_link


class Incomplete(StoreRefusal):
    """Some fields of the announcement are missing or wrong; ``problems`` has an entry for each of them."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(" ".join(problem.sentence for problem in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class Rules:
    """Settings of config.toml that decide on announcements.

    ``four_eyes``: somebody other than the author must approve. ``days_off``: days off in addition to public holidays.
    """

    four_eyes: bool = False
    days_off: tuple[date, ...] = ()


@retry_on_deadlock
def post(
    db: Database,
    announcement: Announcement,
    *,
    actor: str,
    rules: Rules = Rules(),
    notify: Sequence[Message] = (),
    form: FormToken | None = None,
    also: Callable[[Connection, Announcement], None] | None = None,
) -> Announcement:
    """Insert an announcement in its ``state``, ignoring its ``id``; returns it with its new id.

    ``notify`` are messages about it, ``form`` is the form that it was written in; ``also`` is called in the same
    transaction, and what it raises takes everything back. Raises ValueError for an unknown
    area or board, or a board outside the area and the areas below it; Incomplete if a text is too long or a time
    outside the years 2000 to 2100, or if it is submitted or approved and a field is missing or no board would ever
    show it; AlreadySent if ``form`` has already made an announcement, another StoreRefusal if the key of ``form``
    belongs to another person; AnotherVersion if it is approved and boards show a version that it does not replace.
    """
    now = announcement.created
    _need_bounds(announcement)
    ready = rows.with_windows(announcement, now, rules.days_off)
    with db.write() as conn:
        _check_targets(conn, ready)
        if ready.state in (SHOWN, "submitted"):
            _need_shown(conn, ready, now, rules)
        row = rows.values_with_end(ready)
        del row["id"]
        made = conn.execute(insert(announcements).values(row).returning(announcements.c.id))
        posted = replace(ready, id=made.scalar_one())
        sent_forms.remember(conn, form, posted.id, now)
        rows.record(conn, "announcement.post", None, posted, actor, now)
        messages.queue(conn, messages.numbered(notify, posted.id), now)
        if also is not None:
            also(conn, posted)
        if posted.state == SHOWN:
            replaced = replacing.withdraw_others(conn, posted, None, actor, now)
            revision.bump(conn, *rows.scopes(posted, *replaced))
        return posted


@retry_on_deadlock
def revise(
    db: Database,
    wanted: Announcement,
    *,
    actor: str,
    now: datetime,
    rules: Rules = Rules(),
    form: FormToken | None = None,
) -> Announcement:
    """Change an announcement that is not approved yet; ``wanted.version`` is the version that was read.

    The old version is kept in the history. Nothing is written if the content is the same. An approved announcement
    cannot be changed: to replace it, the caller posts a draft whose ``replaces`` is its id, and approving that draft
    withdraws it. Raises NotFound; Conflict if the stored version is not ``wanted.version``; NotLive if it is
    approved or withdrawn; ValueError, Incomplete and, for ``form``, AlreadySent or StoreRefusal as ``post`` does.
    """
    with db.write() as conn:
        before = rows.one(conn, wanted.id, lock=True)
        sent_forms.remember(conn, form, before.id, now)
        if before.version != wanted.version:
            raise _conflict(conn, before)
        if before.state in (SHOWN, "withdrawn"):
            raise NotLive(f"Thông báo số {before.id} {ANNOUNCEMENT.words[before.state]}: hãy sửa trên một bản sao")
        if not changed(before, wanted):
            return before
        _need_bounds(wanted)
        after = rows.with_windows(_revised(before, wanted, actor, now), now, rules.days_off)
        _check_targets(conn, after)
        _keep_version(conn, before, actor, now)
        rows.write(conn, "announcement.edit", before, after, actor, now)
        return after


@retry_on_deadlock
def take(
    db: Database,
    id: int,
    step: str,
    *,
    actor: str,
    now: datetime,
    version: int | None = None,
    reason: str = "",
    rules: Rules = Rules(),
    notify: Sequence[Message] = (),
    instead_of: int | None = None,
) -> Announcement:
    """Take one step of the workflow, such as "approve"; returns the announcement in its new state.

    ``version`` is the version that the actor read, None for no check. ``notify`` are messages about the step.

    Boards show at most one of the announcements that replace each other. So approving one withdraws the one that is
    approved now. The id of the latter must be ``replaces`` of the former, or ``instead_of``, the id of a version that
    the actor has seen. The step "requeue" takes the approval back and approves the withdrawn announcement again.

    Raises NotFound; Conflict if the stored version is not ``version``; NotPossible in the wrong state, or if the
    step needs a reason and has none; OwnWork, a NotPossible, if ``rules.four_eyes`` is set and the actor wrote the
    announcement; Incomplete if it would be submitted or approved and a field is missing or no board would ever show
    it; AnotherVersion if boards show a version that it does not replace; TakenOff, an AnotherVersion, if a person has
    withdrawn the announcement that it replaces and the id of that one is not ``instead_of``.
    """
    with db.write() as conn:
        before = rows.one(conn, id, lock=True)
        if version is not None and version != before.version:
            raise _conflict(conn, before)
        after = _moved(before, step, actor, now, reason, rules)
        if after.state in (SHOWN, "submitted"):
            _need_shown(conn, after, now, rules)
        own = step == "approve" and is_own_work(before, actor)
        rows.write(conn, f"announcement.{step}{'_own' if own else ''}", before, after, actor, now)
        messages.settle(conn, desk_link(id))
        messages.queue(conn, notify, now)
        others: tuple[Announcement, ...] = ()
        if step == "approve":
            replacing.need_agreement(conn, after, instead_of, now)
        if after.state == SHOWN:
            others = replacing.withdraw_others(conn, after, instead_of, actor, now)
        elif before.state == SHOWN and step == "requeue":
            others = replacing.put_back(conn, after, actor, now, rules.days_off)
        if SHOWN in (before.state, after.state):
            revision.bump(conn, *rows.scopes(after, *others))
        return after


def current_version(db: Database, one: Announcement, *, now: datetime) -> Announcement | None:
    """The approved version of the announcement ``one``, other than ``one`` itself; None if there is none.

    Its versions are the announcements that replace each other (server.store.announcements.replacing).
    """
    with db.read() as conn:
        return replacing.current_version(conn, one, now)


def taken_off_version(db: Database, one: Announcement, *, now: datetime) -> Announcement | None:
    """The announcement that ``one`` would replace and that a person has withdrawn; None if there is none."""
    with db.read() as conn:
        return replacing.taken_off(conn, one, now)


def withdraw(db: Database, id: int, *, actor: str, now: datetime, reason: str = "") -> Announcement:
    """Withdraw an announcement from all boards; returns it. Writes nothing if that is so already. Raises NotFound."""
    current = get(db, id)
    if current.state == "withdrawn":
        return current
    return take(db, id, "withdraw", actor=actor, now=now, reason=reason)


def withdraw_damaged(db: Database, id: int, *, actor: str, now: datetime) -> str:
    """Withdraw an announcement whose row cannot be read; returns the slug of its area.

    Raises NotFound if there is no announcement with this id, or if it can be read.
    """
    key = announcements.c.id == id
    with db.write() as conn:
        area = conn.execute(select(announcements.c.area).where(key)).scalar_one_or_none()
        if area is None or not list(damaged_rows.of_table(conn, announcements, Announcement, "id", key)):
            raise NotFound(f"Không có thông báo hỏng số {id}")
        conn.execute(update(announcements).where(key).values(state="withdrawn"))
        messages.settle(conn, desk_link(id))
        rows.record_unread(conn, id, str(area), actor, now)
        revision.bump(conn, revision.announcements_scope(area))
        return str(area)


@retry_on_deadlock
def reorder(db: Database, ids: Sequence[int], *, actor: str, now: datetime) -> None:
    """Set the positions of announcements to 1, 2, 3… in the order of ``ids``. Raises NotFound.

    Of two announcements that have waited equally long, boards show the one with the lower position first.
    """
    with db.write() as conn:
        moved: list[Announcement] = []
        for position, id in enumerate(ids, start=1):
            before = rows.one(conn, id, lock=True)
            if before.position != position:
                after = replace(before, position=position)
                rows.write(conn, "announcement.reorder", before, after, actor, now)
                if after.state == SHOWN:
                    moved.append(after)
        if moved:
            revision.bump(conn, *rows.scopes(*moved))


def shown(db: Database, areas: Collection[str], *, now: datetime) -> tuple[Announcement, ...]:
    """Approved announcements for one of ``areas`` (slugs) that have not ended; by position, then oldest first."""
    ends = announcements.c.ends
    wanted = rows.ALL.where(
        announcements.c.area.in_(areas),
        announcements.c.state == SHOWN,
        announcements.c.template.is_(False),
        or_(ends.is_(None), ends > now),
    )
    with db.read() as conn:
        found = conn.execute(wanted.order_by(announcements.c.position, announcements.c.id))
        return as_values(Announcement, found)


def get(db: Database, id: int) -> Announcement:
    """The announcement with this id. Raises NotFound."""
    with db.read() as conn:
        return rows.one(conn, id)


def all(db: Database) -> tuple[Announcement, ...]:
    """Every announcement in any state, newest first."""
    with db.read() as conn:
        found = conn.execute(rows.ALL.order_by(announcements.c.id.desc()))
        return as_values(Announcement, found)


def _moved(before: Announcement, step: str, actor: str, now: datetime, reason: str, rules: Rules) -> Announcement:
    target = ANNOUNCEMENT.move(before.state, step)
    if ANNOUNCEMENT.steps[step].reasoned and not reason.strip():
        raise NotPossible("Hãy nói rõ lý do, để người soạn biết cần sửa gì.")
    after = replace(before, state=target, reason=reason.strip(), successor=None)
    if target == SHOWN:
        check_four_eyes(before, actor, four_eyes=rules.four_eyes)
    if target in (SHOWN, "submitted"):
        after = rows.with_windows(after, now, rules.days_off)
    return replace(after, decided_by=actor, decided=now) if step in ("approve", "return", "reinstate") else after


def _conflict(conn: Connection, current: Announcement) -> Conflict:
    editor = current.edited_by or current.created_by
    with suppress(NotFound):  # the actor may be the system or an API token, not a person
        editor = by_username(conn, editor).name
    return Conflict(f"{editor} đã sửa «{current.title}» trong lúc bạn soạn", current)


def _need_shown(conn: Connection, one: Announcement, now: datetime, rules: Rules) -> None:
    problems = showing.obstacles(one, stored_boards.in_use(conn), area_tree(conn), now, rules.days_off)
    if problems:
        raise Incomplete(problems)


def _need_bounds(one: Announcement) -> None:
    problems = out_of_bounds(one)
    if problems:
        raise Incomplete(problems)


def _revised(before: Announcement, wanted: Announcement, actor: str, now: datetime) -> Announcement:
    """The next version: content from ``wanted``, all fields that the form does not edit from ``before``."""
    return replace(
        wanted,
        created=before.created,
        created_by=before.created_by,
        state=before.state,
        position=before.position,
        reason=before.reason,
        decided_by=before.decided_by,
        decided=before.decided,
        replaces=before.replaces,
        successor=before.successor,
        version=before.version + 1,
        edited=now,
        edited_by=actor,
    )


def _keep_version(conn: Connection, before: Announcement, actor: str, now: datetime) -> None:
    row = {"announcement": before.id, "version": before.version, "replaced": now, "by": actor}
    conn.execute(insert(announcement_versions).values(row | {"body": past_body(before)}))


def _check_targets(conn: Connection, one: Announcement) -> None:
    references.check_areas(conn, [one.area])
    references.check_boards(conn, one.boards)
    _check_boards_below(conn, one)


def _check_boards_below(conn: Connection, one: Announcement) -> None:
    """Raises ValueError if one of the boards would never show it, because its area is not ``one.area`` or below."""
    if not one.boards:
        return
    tree = area_tree(conn)
    named = conn.execute(select(boards.c.slug, boards.c.area).where(boards.c.slug.in_(one.boards)))
    outside = sorted(row.slug for row in named if not tree.covers(one.area, row.area))
    if outside:
        raise ValueError(f"Bảng tin không thuộc {tree.get(one.area).name} hay cấp dưới: {', '.join(outside)}")
