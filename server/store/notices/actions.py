"""The steps of a notice between its draft and its end, each in one transaction; called by desk and cli.

draft ──sign──> signed draft, waits for a second editor ──send──> live ──extend──> live with a new end
  └──discard                                                       └──correct──> old one corrected, new one live
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection

from server.core.alerts.rules import AlertRules
from server.core.model import Notice
from server.core.notices.four_eyes import check_send, is_second
from server.core.workflow import NOTICE, NotPossible
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict
from server.store.database.locks import retry_on_deadlock
from server.store.notices import notices
from server.store.people import messages
from server.store.people.messages import Message

_URGENT_HOLDS = AlertRules().urgent_holds


def mark(notice: Notice) -> str:
    """A digest of a notice's content, areas, boards and end, as 16 hex digits.

    Comparing it shows whether somebody has changed the draft since an editor read it.
    """
    content = (notice.level, notice.headline, notice.areas, notice.until, notice.acts, notice.danger, notice.risk)
    rest = (notice.sender, notice.exercise, notice.threat, notice.boards)
    return sha256(repr((*content, *rest)).encode()).hexdigest()[:16]


@retry_on_deadlock
def revise(db: Database, notice: Notice, *, actor: str, now: datetime, seen: str | None = None) -> Notice:
    """Change the draft with the id of ``notice`` to ``notice``; an editor's signature on the old content is deleted.

    ``seen`` is the `mark` of the draft that the actor read, None for no check. Returns the stored draft. Raises
    NotFound; NotPossible if it is not a draft any more; Conflict if its `mark` is not ``seen``, because somebody has
    changed it; ValueError for an unknown area.
    """
    with db.write() as conn:
        before = _draft(conn, notice.id, seen)
        references.check_areas(conn, notice.areas)
        after = replace(notice, state="drafted", signed_by="", signed_at=None, created_by=before.created_by)
        return notices.change(conn, "notice.revise", before, after, actor, now)


@retry_on_deadlock
def sign(
    db: Database, id: int, *, actor: str, now: datetime, seen: str | None = None, notify: Iterable[Message] = ()
) -> Notice:
    """Sign a draft as ``actor``; it then waits for a second editor. ``notify`` are messages about it, to be sent.

    ``seen`` is the `mark` of the draft that the actor read, None for no check. Returns the signed draft. Raises
    NotFound; NotPossible if it is not a draft any more; Conflict if its `mark` is not ``seen``, because somebody has
    changed it.
    """
    with db.write() as conn:
        before = _draft(conn, id, seen)
        after = replace(before, signed_by=actor, signed_at=now)
        signed = notices.change(conn, "notice.sign", before, after, actor, now)
        messages.queue(conn, messages.numbered(notify, after.id), now)
        return signed


@retry_on_deadlock
def send(
    db: Database,
    id: int,
    *,
    actor: str,
    now: datetime,
    four_eyes: bool,
    break_glass: bool = False,
    seen: str | None = None,
    notify_if_alone: Iterable[Message] = (),
    urgent_holds: timedelta = _URGENT_HOLDS,
) -> Notice:
    """Put a draft on air; a notice that it corrects ends in the same transaction.

    ``four_eyes`` is the setting of config.toml by which a second editor must send the notice. ``break_glass``: the
    actor sends it alone nevertheless; then the messages ``notify_if_alone`` are sent. ``seen`` is the `mark` of the
    draft that the actor read, None for no check. ``urgent_holds`` is how long an urgent received alert fills the
    screens from now on (`AlertRules`). Returns the live notice. Raises SecondNeeded if a second editor must send it
    (core.notices.four_eyes); NotFound; NotPossible if it is not a draft any more or its end has passed; Conflict if
    its `mark` is not ``seen``; ValueError for an unknown area.
    """
    with db.write() as conn:
        before = _draft(conn, id, seen)
        check_send(before, actor, now, four_eyes=four_eyes, break_glass=break_glass)
        if before.until <= now:
            raise NotPossible("Thời hạn của tin đã qua: hãy sửa thời hạn trước khi phát.")
        references.check_areas(conn, before.areas)
        second = is_second(before, actor)
        alone = four_eyes and not second
        after = replace(
            before,
            state=NOTICE.move(before.state, "push"),
            issued=now,
            confirmed_by=actor if second else "",
            broke_glass=alone,
            holds_until=_hold(before, now, urgent_holds),
        )
        act = "notice.break-glass" if alone else "notice.confirm" if second else "notice.post"
        notices.change(conn, act, before, after, actor, now)
        if alone:
            messages.queue(conn, messages.numbered(notify_if_alone, after.id), now)
        if before.replaces is not None:
            _correct(conn, before.replaces, actor, now)
        revision.bump(conn, revision.NOTICES)
        return after


@retry_on_deadlock
def correct(
    db: Database,
    id: int,
    corrected: Notice,
    *,
    actor: str,
    now: datetime,
    four_eyes: bool,
    notify: Iterable[Message] = (),
) -> Notice:
    """Replace the live notice ``id`` by ``corrected``; returns the new notice.

    With ``four_eyes`` (a setting of config.toml) the new notice is a draft signed by ``actor``, the messages
    ``notify`` are sent, and the old notice stays on air until a second editor sends the draft. Raises NotFound;
    NotPossible if the old notice is not live; ValueError for an unknown area or an end that has passed.
    """
    with db.write() as conn:
        old = notices.one(conn, id, lock=True)
        NOTICE.move(old.state, "correct")
        references.check_areas(conn, corrected.areas)
        if corrected.until <= now:
            raise ValueError("Thời hạn của tin đã qua")
        made = replace(corrected, replaces=id, issued=now, created_by=actor, state="live")
        if four_eyes:
            made = replace(made, state="drafted", signed_by=actor, signed_at=now)
        made = notices.add(conn, made)
        notices.record(conn, "notice.draft" if four_eyes else "notice.post", None, made, actor, now)
        if four_eyes:
            messages.queue(conn, messages.numbered(notify, made.id), now)
        if not four_eyes:
            _correct(conn, id, actor, now)
            revision.bump(conn, revision.NOTICES)
        return made


@retry_on_deadlock
def extend(db: Database, id: int, until: datetime, *, actor: str, now: datetime) -> Notice:
    """Give a live notice the new end ``until``, later or earlier than the old one; returns the changed notice.

    Raises NotFound; NotPossible if it is not live or its end has passed; ValueError if ``until`` is not after
    ``now``.
    """
    if until <= now:
        raise ValueError("Thời hạn mới phải ở sau bây giờ")
    with db.write() as conn:
        before = notices.one(conn, id, lock=True)
        after = replace(before, state=NOTICE.move(before.state, "extend"), until=until)
        if before.until <= now:
            raise NotPossible("Tin khẩn đã hết hạn: hãy phát tin mới.")
        notices.change(conn, "notice.extend", before, after, actor, now)
        revision.bump(conn, revision.NOTICES)
        return after


@retry_on_deadlock
def discard(db: Database, id: int, *, actor: str, now: datetime) -> Notice:
    """Discard a draft; returns it in its new state. Raises NotFound; NotPossible if it is not a draft any more."""
    with db.write() as conn:
        before = _draft(conn, id)
        # ``ended`` is set to ``issued``, which means that it was never on air (see notices.between).
        after = replace(before, state=NOTICE.move(before.state, "discard"), ended=before.issued)
        return notices.change(conn, "notice.discard", before, after, actor, now)


def _hold(draft: Notice, now: datetime, urgent_holds: timedelta) -> datetime | None:
    """The value of ``holds_until``, until when the notice fills the screens, for a draft that is sent at ``now``.

    For a received urgent alert without such a time, that is ``now + urgent_holds``, but not later than its end. Any
    other draft keeps the value that it has.
    """
    if not draft.is_received or draft.level != "urgent" or draft.holds_until is not None:
        return draft.holds_until
    return min(now + urgent_holds, draft.until)


def _draft(conn: Connection, id: int, seen: str | None = None) -> Notice:
    found = notices.one(conn, id, lock=True)
    NOTICE.move(found.state, "discard")  # only a draft can be discarded
    if seen is not None and mark(found) != seen:
        raise Conflict("Người khác vừa sửa bản nháp này: hãy so hai bản rồi lưu lần nữa.", found)
    return found


def _correct(conn: Connection, id: int, actor: str, now: datetime) -> None:
    """Mark the notice ``id`` as corrected and ended, unless it has ended already."""
    old = notices.one(conn, id, lock=True)
    if old.state == "live":
        notices.change(conn, "notice.correct", old, replace(old, state="corrected", ended=now), actor, now)
