"""Decides which Web Push messages about urgent notices are due; called by worker.deliveries, `Kind` also by store.

A notice and its corrections share one tag, so that on a telephone the newest message takes the place of the former.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.core.model import Notice
from server.core.times import to_ms

Kind = Literal["sent", "corrected", "extended", "cleared", "reminder"]


@dataclass(frozen=True, slots=True)
class Told:
    """The newest message about a notice: its ``tag``, its ``kind``, and the end ``until`` that it named."""

    notice: int
    tag: str
    kind: Kind
    until: datetime


@dataclass(frozen=True, slots=True)
class Event:
    """A message that is due. ``key`` is unique, so that two workers queue it once.

    It goes to the browsers of ``areas`` (slugs). If ``areas`` is empty, it goes to the browsers that got an earlier
    message with the same ``tag``; with ``elsewhere``, only to those of them that do not get the correction, because
    it is not addressed to them.
    """

    key: str
    tag: str
    kind: Kind
    notice: Notice
    areas: tuple[str, ...] = ()
    elsewhere: bool = False


def plan(
    live: Iterable[tuple[Notice, tuple[str, ...]]], told: Mapping[int, Told], ended: Iterable[Notice]
) -> tuple[Event, ...]:
    """Returns the messages that are due, in the order in which they are to be queued.

    ``live`` are the urgent notices on public boards, each with the areas of these boards; ``told`` are the newest
    messages by id of the notice; ``ended`` are notices of ``told`` that are no longer live. A notice that ends at
    the time that was announced needs no message.
    """
    events: list[Event] = []
    followed: set[int] = set()
    for notice, areas in live:
        event = _of_live(notice, areas, told)
        if event is None:
            continue
        events.append(event)
        if event.kind == "corrected" and notice.replaces is not None:
            followed.add(notice.replaces)
            events.append(Event(f"{event.tag}/{notice.id}/elsewhere", event.tag, "cleared", notice, elsewhere=True))
    events += (event for one in ended if (event := _of_ended(one, told, followed)))
    return tuple(events)


def _of_live(notice: Notice, areas: tuple[str, ...], told: Mapping[int, Told]) -> Event | None:
    last = told.get(notice.id)
    if last is None:
        former = told.get(notice.replaces) if notice.replaces is not None else None
        tag = former.tag if former else f"notice-{notice.id}"
        return Event(f"{tag}/{notice.id}", tag, "corrected" if former else "sent", notice, areas)
    if last.kind != "cleared" and last.until != notice.until:
        return Event(f"{last.tag}/{notice.id}/{to_ms(notice.until)}", last.tag, "extended", notice, areas)
    return None


def _of_ended(notice: Notice, told: Mapping[int, Told], followed: Collection[int]) -> Event | None:
    last = told[notice.id]
    over = notice.state in ("cleared", "corrected") and last.kind != "cleared"
    if not over or notice.id in followed:
        return None
    return Event(f"{last.tag}/{notice.id}/cleared", last.tag, "cleared", notice)
