"""Defines the events that webhooks report, and makes them from changes; called by server.store, worker.deliveries.

A notice that was received as an alert, or that is a short message of another program, causes no event: who wants
alerts reads them from their source, and short messages are meant for people who wait in front of a board.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, get_args

from server.core.areas import AreaTree
from server.core.model import Announcement, Notice, Story, StoryState

EventKind = Literal[
    "announcement.approved",
    "announcement.on_air",
    "announcement.ended",
    "story.approved",
    "story.on_air",
    "story.ended",
    "notice.sent",
    "notice.confirmed",
    "notice.cleared",
    "screen.dark",
    "screen.back",
    "source.silent",
    "source.back",
    "alarm.begun",
    "alarm.ended",
]
EVENTS: tuple[EventKind, ...] = get_args(EventKind)
_OBSOLETE: Mapping[EventKind, tuple[EventKind, ...]] = {
    "announcement.approved": ("announcement.ended",),
    "announcement.ended": ("announcement.approved", "announcement.on_air"),
    "story.approved": ("story.ended",),
    "story.ended": ("story.approved", "story.on_air"),
    "notice.sent": ("notice.cleared",),
    "notice.cleared": ("notice.sent", "notice.confirmed"),
    "screen.dark": ("screen.back",),
    "screen.back": ("screen.dark",),
    "source.silent": ("source.back",),
    "source.back": ("source.silent",),
    "alarm.ended": ("alarm.begun",),
}


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to ``subject``, such as "announcement:12", at ``at``.

    ``title`` is its headline or name at that moment. ``areas`` (slugs) are those it is addressed to, ``boards`` the
    boards that it names; either may be empty. ``details`` are further values for receivers, as JSON.
    """

    kind: EventKind
    subject: str
    at: datetime
    title: str = ""
    areas: tuple[str, ...] = ()
    boards: tuple[str, ...] = ()
    details: Mapping[str, object] = field(default_factory=dict)


def obsolete_after(kind: EventKind) -> tuple[EventKind, ...]:
    """Returns the kinds of earlier events of the same subject that are no longer true after an event of ``kind``.

    Those not yet delivered must not be sent: a receiver would show what has been withdrawn.
    """
    return _OBSOLETE.get(kind, ())


def concerns(mine: Iterable[str], kind: EventKind, areas: Iterable[str], tree: AreaTree) -> bool:
    """True if a webhook for the areas ``mine`` may report an event of ``kind`` that concerns ``areas``.

    One of ``areas`` must be one of its own or lie below one. A notice is also reported to webhooks of areas below
    those it is addressed to, because it is on their boards.
    """
    listed = tuple(areas)
    downward = kind.startswith("notice.")
    return any(
        tree.covers(own, area) or (downward and own in tree and tree.covers(area, own))
        for own in mine
        for area in listed
    )


def of_announcement(before: Announcement | None, after: Announcement, now: datetime) -> tuple[Event, ...]:
    """Returns the event if boards can show an announcement from now on, or no longer; else ().

    ``before`` is None for a new announcement.
    """
    was, is_now = before is not None and before.state == "approved", after.state == "approved"
    if was == is_now or after.template:
        return ()
    details: dict[str, object] = {}
    if was:
        details = {"reason": "replaced", "replaced_by": after.successor} if after.successor else _WITHDRAWN
    elif after.replaces:
        details = {"replaces": after.replaces}
    kind: EventKind = "announcement.approved" if is_now else "announcement.ended"
    return (Event(kind, f"announcement:{after.id}", now, after.title, (after.area,), after.boards, details),)


def of_story(before: StoryState | None, after: Story, now: datetime) -> tuple[Event, ...]:
    """Returns the event of a story whose state was ``before`` (None: it is new); () unless boards start or stop it.

    ``after.title`` must be the title that was approved.
    """
    was, is_now = before == "approved", after.state == "approved"
    if was == is_now:
        return ()
    kind: EventKind = "story.approved" if is_now else "story.ended"
    details = {"source": after.source} | ({} if is_now else _WITHDRAWN)
    return (Event(kind, f"story:{after.id}", now, after.title, details=details),)


def of_notice(before: Notice | None, after: Notice, now: datetime) -> tuple[Event, ...]:
    """Returns the events of a changed notice: it goes on air, perhaps confirmed by a second editor, or it ends."""
    was, is_now = before is not None and before.state == "live", after.state == "live"
    if was == is_now or after.is_received or after.is_message:
        return ()
    common: dict[str, object] = {"level": after.level, "exercise": after.exercise}
    kinds: list[EventKind] = ["notice.cleared"]
    if is_now:
        common |= {"issued": instant_text(after.issued), "until": instant_text(after.until), "sender": after.sender}
        common |= {"replaces": after.replaces} if after.replaces else {}
        kinds = ["notice.sent", "notice.confirmed"] if after.confirmed_by else ["notice.sent"]
    else:
        common |= {"reason": _ENDINGS.get(after.state, "cleared")}
    return tuple(
        Event(kind, f"notice:{after.id}", now, after.headline, after.areas, after.boards, common) for kind in kinds
    )


def instant_text(at: datetime) -> str:
    """Returns an aware UTC instant in the form for receivers: "2026-03-09T00:30:00Z"."""
    return at.isoformat().replace("+00:00", "Z")


_WITHDRAWN: dict[str, object] = {"reason": "withdrawn"}
_ENDINGS = {"cleared": "cleared", "expired": "over", "corrected": "corrected"}
