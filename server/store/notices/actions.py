"""What people do with a notice between its draft and its end, each act one transaction; called by desk and shell.

draft ──sign──> waits for a second editor ──send──> live ──extend──> live
  └──discard                                         └──correct──> the new one live, the old one corrected
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from hashlib import sha256

from sqlalchemy import Connection

from server.core.model import Notice
from server.core.notices.four_eyes import check_send, is_second
from server.core.workflow import NOTICE, NotPossible
from server.store.database import references, revision
from server.store.database.engine import Database
from server.store.database.errors import Conflict
from server.store.notices import notices
from server.store.people import messages
from server.store.people.messages import Message


def mark(notice: Notice) -> str:
    """16 hex that change whenever a draft's words, target or term do."""
    said = (notice.level, notice.headline, notice.areas, notice.until, notice.acts, notice.danger, notice.risk)
    return sha256(repr((*said, notice.sender, notice.exercise)).encode()).hexdigest()[:16]


def revise(db: Database, notice: Notice, *, actor: str, now: datetime, seen: str | None = None) -> Notice:
    """Other words or another target for a draft; a signature under the old ones is void.

    ``seen`` is the mark of the draft that was looked at, in what follows too; None asks nothing. Raises NotFound,
    NotPossible where it is no draft any more, Conflict where it says something else by now, ValueError for a
    target that is not there.
    """
    with db.write() as conn:
        before = _draft(conn, notice.id, seen)
        references.check_areas(conn, notice.areas)
        after = replace(notice, state="drafted", signed_by="", signed_at=None, created_by=before.created_by)
        return notices.change(conn, "notice.revise", before, after, actor, now)


def sign(
    db: Database, id: int, *, actor: str, now: datetime, seen: str | None = None, tell: Iterable[Message] = ()
) -> Notice:
    """An editor stands for the draft and asks for a second one. Raises NotFound, NotPossible, Conflict."""
    with db.write() as conn:
        before = _draft(conn, id, seen)
        after = replace(before, signed_by=actor, signed_at=now)
        messages.queue(conn, notices.about(tell, after), now)
        return notices.change(conn, "notice.sign", before, after, actor, now)


def send(
    db: Database,
    id: int,
    *,
    actor: str,
    now: datetime,
    four_eyes: bool,
    break_glass: bool = False,
    seen: str | None = None,
    tell_if_alone: Iterable[Message] = (),
) -> Notice:
    """Put a draft on air. Where it corrects another one, that one leaves in the same moment.

    ``tell_if_alone`` is sent where two people were asked for and one did it.

    Raises SecondNeeded where somebody else has to do it (core/four_eyes), NotFound, NotPossible where it is no
    draft any more or its time is over, Conflict where it says something else than what was seen.
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
        )
        act = "notice.break-glass" if alone else "notice.confirm" if second else "notice.post"
        notices.change(conn, act, before, after, actor, now)
        if alone:
            messages.queue(conn, notices.about(tell_if_alone, after), now)
        if before.replaces is not None:
            _correct(conn, before.replaces, actor, now)
        revision.bump(conn, revision.NOTICES)
        return after


def correct(
    db: Database,
    id: int,
    words: Notice,
    *,
    actor: str,
    now: datetime,
    four_eyes: bool,
    tell: Iterable[Message] = (),
) -> Notice:
    """Replace a live notice by ``words``; with four eyes the old one stays until a second editor has confirmed.

    Gives back the new one: live, or a signed draft, of which ``tell`` is sent. Raises NotFound, NotPossible where
    the old one has ended, ValueError for a target that is not there.
    """
    with db.write() as conn:
        old = notices.one(conn, id, lock=True)
        NOTICE.move(old.state, "correct")
        references.check_areas(conn, words.areas)
        if words.until <= now:
            raise ValueError("Thời hạn của tin đã qua")
        made = replace(words, replaces=id, issued=now, created_by=actor, state="live")
        if four_eyes:
            made = replace(made, state="drafted", signed_by=actor, signed_at=now)
        made = notices.add(conn, made)
        notices.record(conn, "notice.draft" if four_eyes else "notice.post", None, made, actor, now)
        if four_eyes:
            messages.queue(conn, notices.about(tell, made), now)
        if not four_eyes:
            _correct(conn, id, actor, now)
            revision.bump(conn, revision.NOTICES)
        return made


def extend(db: Database, id: int, until: datetime, *, actor: str, now: datetime) -> Notice:
    """Let it stand until ``until``, later or sooner than it was. Raises NotFound, NotPossible, ValueError."""
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


def discard(db: Database, id: int, *, actor: str, now: datetime) -> Notice:
    """Drop a draft that will not be sent. Raises NotFound, NotPossible."""
    with db.write() as conn:
        before = _draft(conn, id)
        # It ended as it began: never on any glass.
        after = replace(before, state=NOTICE.move(before.state, "discard"), ended=before.issued)
        return notices.change(conn, "notice.discard", before, after, actor, now)


def _draft(conn: Connection, id: int, seen: str | None = None) -> Notice:
    found = notices.one(conn, id, lock=True)
    NOTICE.move(found.state, "discard")  # whatever can be discarded is a draft still
    if seen is not None and mark(found) != seen:
        raise Conflict("Người khác vừa sửa bản nháp này: hãy so hai bản rồi lưu lần nữa.", found)
    return found


def _correct(conn: Connection, id: int, actor: str, now: datetime) -> None:
    """The old one may have ended by itself meanwhile: then there is nothing to replace."""
    old = notices.one(conn, id, lock=True)
    if old.state == "live":
        notices.change(conn, "notice.correct", old, replace(old, state="corrected", ended=now), actor, now)
