"""Turns items of other servers into stories, announcements and notices here; called by server_intake.

Each side keeps its own approval rule: announcements of a source with trust "hold" wait in the editors' queue, and
notices are drafts unless an editor has allowed the source to show them at once.
"""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from server.core.announcements.parts import changed
from server.core.levels.area_links import Target
from server.core.levels.items import NOTICE_ORIGIN, SOURCE_ACTOR, SharedItem
from server.core.levels.sharing import KnownItem
from server.core.model import (
    SYSTEM,
    AlertSettings,
    Announcement,
    AnnouncementKind,
    AnnouncementState,
    Attachment,
    Notice,
    Source,
)
from server.core.workflow import NotPossible
from server.store.announcements import announcements
from server.store.announcements.announcements import Rules
from server.store.announcements.sent_forms import AlreadySent, FormToken
from server.store.database.engine import Database
from server.store.database.errors import NotFound, NotLive, StoreRefusal
from server.store.notices import actions, notices
from server.store.sources import stories

T = TypeVar("T", Announcement, Notice)

log = structlog.get_logger("levels")
_WITH_PICTURES = ("pictures", "pdf")


def actor_of(source: str) -> str:
    """The actor in the audit for what the source brings; the desk shows its name."""
    return f"{SOURCE_ACTOR}{source}"


@dataclass(frozen=True, slots=True)
class Arrival:
    """An item that is to be stored: it goes to ``target``, with the stored pictures ``files``.

    ``known`` is what is stored of its former version; ``replaced`` of another item that it corrects.
    """

    source: Source
    item: SharedItem
    target: Target
    files: tuple[Attachment, ...] = ()
    known: KnownItem | None = None
    replaced: KnownItem | None = None


@dataclass(frozen=True, slots=True)
class ItemTaker:
    """Stores what came from other servers. ``rules`` are those for announcements.

    With ``four_eyes`` every notice is a draft at first, whatever the source may do.
    """

    db: Database
    clock: Callable[[], datetime]
    rules: Rules
    four_eyes: bool

    def announcement(self, arrival: Arrival) -> int:
        """Stores an announcement or posting, or its new version; returns its id, 0 if it cannot be shown here."""
        now, known = self.clock(), arrival.known
        before = self._stored(announcements.get, known)
        wanted = _announcement(arrival, now)
        if before is not None and known is not None and not known.gone:
            if before.state == "withdrawn":
                return before.id  # an editor here took it off: it stays so
            if before.state != "approved":
                return self._revised(before, wanted, now)
        was_approved = before is not None and before.state == "approved"
        old = before if was_approved else self._stored(announcements.get, arrival.replaced)
        if old is not None and old.state != "withdrawn":
            wanted = replace(wanted, replaces=old.id, position=old.position)
        return self._posted(arrival, wanted)

    def _stored(self, get: Callable[[Database, int], T], known: KnownItem | None) -> T | None:
        """What ``get`` reads of the item here; None if it was not taken, or is not there any more."""
        if known is None or not known.local:
            return None
        try:
            return get(self.db, known.local)
        except NotFound:
            return None

    def _revised(self, before: Announcement, wanted: Announcement, now: datetime) -> int:
        after = replace(wanted, id=before.id, version=before.version)
        if changed(before, after):
            try:
                announcements.revise(self.db, after, actor=before.created_by, now=now, rules=self.rules)
            except (StoreRefusal, ValueError) as error:
                log.warning("announcement not changed", id=before.id, reason=str(error))
        return before.id

    def _posted(self, arrival: Arrival, wanted: Announcement) -> int:
        """Posts it as approved or submitted. If that is refused, because of the local versions, as submitted."""
        source, item, known = arrival.source, arrival.item, arrival.known
        again = f":{known.local}" if known is not None and known.gone else ""  # the same version, after it had gone
        states: tuple[AnnouncementState, ...] = ("submitted",)
        for state in ("approved", *states) if source.trust == "auto" else states:
            form = FormToken(f"server:{item.origin}:{item.version}{again}", SYSTEM, item.digest)
            try:
                return announcements.post(
                    self.db, _in_state(wanted, state), actor=wanted.created_by, rules=self.rules, form=form
                ).id
            except AlreadySent as sent:
                return sent.sent.announcement
            except (StoreRefusal, ValueError) as error:
                log.warning("item not taken", source=source.slug, origin=item.origin, reason=str(error))
        return 0

    def notice(self, arrival: Arrival) -> int:
        """Stores a notice as draft or live, or what has changed in it; returns its id, 0 if it is not taken."""
        source, item, known = arrival.source, arrival.item, arrival.known
        settings, now = source.cap or AlertSettings(), self.clock()
        if settings.alerts == "none" or item.until is None or item.until <= now or item.level == "normal":
            return 0
        at_once = settings.alerts == "live" and not self.four_eyes and (settings.exercises or not item.exercise)
        wanted = _notice(arrival, now, live=at_once)
        try:
            before = self._stored(notices.get, known)
            if before is not None and known is not None and not known.gone:
                return self._changed_notice(source.slug, before, wanted, now, live=at_once)
            old = self._stored(notices.get, arrival.replaced)
            if old is not None and old.state == "live":
                return self._corrected(source.slug, old, wanted, now, live=at_once)
            return self._post(source.slug, wanted, now)
        except (StoreRefusal, NotPossible, ValueError) as error:
            log.warning("notice not taken", source=source.slug, origin=item.origin, reason=str(error))
            return 0

    def _post(self, source: str, wanted: Notice, now: datetime) -> int:
        def repeats(earlier: Notice) -> bool:
            return earlier.origin == wanted.origin

        return notices.post(self.db, wanted, actor=actor_of(source), now=now, repeats=repeats).id

    def _corrected(self, source: str, old: Notice, wanted: Notice, now: datetime, *, live: bool) -> int:
        if live:
            return actions.correct(self.db, old.id, wanted, actor=SYSTEM, now=now, four_eyes=False).id
        # As with four eyes, the old one stays until an editor sends the correction.
        return self._post(source, replace(wanted, replaces=old.id), now)

    def _changed_notice(self, source: str, before: Notice, wanted: Notice, now: datetime, *, live: bool) -> int:
        if before.state == "drafted":
            draft = replace(wanted, id=before.id, replaces=before.replaces, state="drafted")
            actions.revise(self.db, draft, actor=actor_of(source), now=now)
            return before.id
        if before.state != "live":
            return before.id  # an editor here ended it: it stays so
        if _same_words(before, wanted):
            if before.until != wanted.until:
                actions.extend(self.db, before.id, wanted.until, actor=actor_of(source), now=now)
            return before.id
        return self._corrected(source, before, wanted, now, live=live)

    def is_over(self, known: KnownItem) -> bool:
        """Whether the item is on no board any more: withdrawn, corrected or ended."""
        try:
            if known.kind == "notice":
                return notices.get(self.db, known.local).state not in ("live", "drafted")
            return announcements.get(self.db, known.local).state == "withdrawn"
        except NotFound:
            return True

    def end(self, known: KnownItem, reason: str) -> None:
        """Takes an item off the boards because its server has withdrawn it; ``reason`` is told to the editors."""
        now, actor = self.clock(), actor_of(known.source)
        try:
            if known.kind == "story":
                stories.withdraw(self.db, known.local, actor=actor, now=now, everywhere=False)
            elif known.kind == "notice":
                self._end_notice(known.local, actor, now)
            else:
                announcements.withdraw(self.db, known.local, actor=actor, now=now, reason=reason)
        except (NotFound, NotLive, NotPossible) as error:
            log.info("item had ended already", origin=known.origin, reason=str(error))

    def _end_notice(self, id: int, actor: str, now: datetime) -> None:
        found = notices.get(self.db, id)
        if found.state == "live":
            notices.clear(self.db, id, actor=actor, now=now)
        elif found.state == "drafted":
            actions.discard(self.db, id, actor=actor, now=now)


def _in_state(one: Announcement, state: AnnouncementState) -> Announcement:
    """Returns ``one`` in ``state``; if that is "approved", as decided by the program."""
    decided = state == "approved"
    return replace(
        one, state=state, decided=one.created if decided else None, decided_by=one.created_by if decided else ""
    )


def _announcement(arrival: Arrival, now: datetime) -> Announcement:
    """The announcement as it is posted here. A video is not copied: a code leads to it instead."""
    item, files = arrival.item, arrival.files
    kind: AnnouncementKind = _form_of(item, files)
    return Announcement(
        0,
        arrival.target.area,
        item.title[:300],
        item.text[:20_000],
        item.windows if not item.recurrence else (),
        now,
        actor_of(arrival.source.slug),
        link=(item.link or (item.page if kind == "link" else ""))[:1000],
        table=item.table,
        longest_gap=timedelta(minutes=item.every_minutes) if item.every_minutes else None,
        kind=kind,
        attachments=files if kind in (*_WITH_PICTURES, "text") else (),
        contact=item.contact,
        priority=item.level == "priority",
        recurrence=item.recurrence,
    )


def _form_of(item: SharedItem, files: Collection[Attachment]) -> AnnouncementKind:
    if item.form == "video" or (item.form in _WITH_PICTURES and not files):
        return "link"
    return item.form


def _notice(arrival: Arrival, now: datetime, *, live: bool) -> Notice:
    """The notice as it is posted here; an item without an end never comes so far."""
    item = arrival.item
    return Notice(
        0,
        item.level,
        item.title,
        (arrival.target.area,),
        now,
        item.until or now,
        acts=item.acts,
        danger=item.danger,
        risk=item.risk,
        sender=item.issuer,
        exercise=item.exercise,
        state="live" if live else "drafted",
        created_by=SYSTEM,
        origin=f"{NOTICE_ORIGIN}{item.origin}",
        language=item.language,
        threat=item.threat,
        calm=item.calm,
        description=item.text,
        link=item.link if item.link.startswith("https://") else "",
        pictures=arrival.files,
    )


def _same_words(before: Notice, wanted: Notice) -> bool:
    """Whether the notices differ at most in their end."""
    names = ("level", "headline", "areas", "acts", "danger", "risk", "sender", "exercise", "calm", "description",
             "link", "pictures", "threat", "language")  # fmt: skip
    return all(getattr(before, name) == getattr(wanted, name) for name in names)
