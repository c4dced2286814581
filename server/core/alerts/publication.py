"""Decides which CAP documents of the server's own notices must be issued; called by content, desk and store.

The documents about one notice and its corrections are a chain: Alert, any number of Updates, and a Cancel if the
notice is cleared before its time; a notice that expires needs no further document. Only the newest document of a
chain counts. Nothing is remembered but the documents themselves: each pass compares them with the notices of the
store, so a document is neither lost nor issued twice, however often a process stops.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal
from uuid import NAMESPACE_URL, UUID, uuid5

from server.core.model import Level, Notice

Kind = Literal["Alert", "Update", "Cancel"]
Reach = Literal["public", "held", "none"]
"""Whether a notice is on a public board: "held" if all of them show the safe page at the moment."""

ENDED_SHOWN = timedelta(hours=24)
"""How long the feed of an area names an alert after its end."""
CLEAR_LASTS = timedelta(hours=1)
"""How long a Cancel is valid."""
_SECOND = timedelta(seconds=1)
_LEVELS: frozenset[Level] = frozenset({"urgent", "priority"})


@dataclass(frozen=True, slots=True)
class Content:
    """What a document says about a notice, copied from the notice's fields; ``notice`` is the id of the notice."""

    notice: int
    level: Level
    headline: str
    areas: tuple[str, ...]
    issued: datetime
    until: datetime
    acts: tuple[str, ...] = ()
    danger: str = ""
    risk: int = 0
    sender: str = ""
    exercise: bool = False
    language: str = ""
    threat: str = ""


@dataclass(frozen=True, slots=True)
class Published:
    """A document that was issued.

    ``identifier`` is its UUID; ``chain`` is the identifier of the first document of its chain, and ``version`` counts
    the documents about the same notice from 1. ``ends`` is when it stops being valid. ``areas`` (slugs) are all areas
    to which a document of the chain so far was addressed: the feeds of all of them list it.
    """

    identifier: str
    chain: str
    version: int
    kind: Kind
    sender: str
    sent: datetime
    ends: datetime
    areas: tuple[str, ...]
    content: Content


Chain = tuple[Published, ...]
"""The documents of one chain, oldest first; never empty."""


@dataclass(frozen=True, slots=True)
class Step:
    """A document to issue; ``before`` are the earlier documents of its chain, empty for an Alert."""

    kind: Kind
    content: Content
    before: tuple[Published, ...] = ()

    @property
    def areas(self) -> tuple[str, ...]:
        """The slugs of the areas whose feeds list the document, those of the earlier documents first."""
        earlier = self.before[-1].areas if self.before else ()
        return (*earlier, *(area for area in self.content.areas if area not in earlier))


def content_of(notice: Notice) -> Content:
    """Returns what a document says about ``notice``."""
    return Content(
        notice.id, notice.level, notice.headline, notice.areas, notice.issued, notice.until, notice.acts,
        notice.danger, notice.risk, notice.sender, notice.exercise, notice.language, notice.threat,
    )  # fmt: skip


def is_own(notice: Notice) -> bool:
    """True if ``notice`` may be published: it is urgent or priority, and was written here.

    A notice that was made from a received alert is never issued again: servers that read each other would send it
    around for ever.
    """
    return not notice.origin and notice.level in _LEVELS


def in_force(document: Published, now: datetime) -> bool:
    """True if ``document``, the newest of its chain, says that there is a danger at ``now``."""
    return document.kind != "Cancel" and now < document.ends


def plan(
    chains: Iterable[Chain], notices: Mapping[int, Notice], reach: Callable[[Notice], Reach], now: datetime
) -> tuple[Step, ...]:
    """Returns the documents that have to be issued at ``now``, in this order.

    ``chains`` are those in force. ``notices`` maps ids to notices: all live ones, those of the chains, and their
    corrections.
    """
    steps: list[Step] = []
    carried: set[int] = set()
    for chain in chains:
        carrier = _carrier(chain[-1].content.notice, notices)
        step, keeps = _next(chain, carrier, reach, now)
        steps += [step] if step else []
        carried |= {carrier.id} if carrier and keeps else set()
    fresh = (one for id, one in sorted(notices.items()) if id not in carried)
    steps += [Step("Alert", content_of(one)) for one in fresh if _on_air(one, now) and reach(one) == "public"]
    return tuple(steps)


def _next(
    chain: Chain, carrier: Notice | None, reach: Callable[[Notice], Reach], now: datetime
) -> tuple[Step | None, bool]:
    """Returns (next document of a chain, None if none is due; whether the chain is about ``carrier`` afterwards).

    ``carrier`` is the result of `_carrier`: the notice that the chain is about.
    """
    last = chain[-1]
    end = Step("Cancel", last.content, chain)
    if carrier is None:  # its row cannot be read: that is no reason to tell people that the danger is over
        return None, False
    # A notice that is an exercise no longer, or has become one, is another alert: readers judge each by its status.
    if not _on_air(carrier, now) or carrier.exercise != last.content.exercise:
        return end, False
    seen = reach(carrier)
    if seen == "none":
        return end, False
    content = content_of(carrier)
    return (Step("Update", content, chain) if seen == "public" and content != last.content else None), True


def _on_air(notice: Notice, now: datetime) -> bool:
    """True if a notice may be published and is on the boards.

    A notice in the state "expired" whose ``until`` is still to come counts: a clock that was ahead expired it, and
    the store sets it live again.
    """
    return is_own(notice) and notice.state in ("live", "expired") and now < notice.until


def _carrier(id: int, notices: Mapping[int, Notice]) -> Notice | None:
    """Returns the notice ``id`` or, if it was corrected, its latest correction that went on air.

    None if the notice is unknown.
    """
    found, seen = notices.get(id), {id}
    while found is not None and found.state == "corrected":
        following = min(_corrections(found.id, notices), key=lambda one: (one.issued, one.id), default=None)
        if following is None or following.id in seen:
            return found
        seen.add(following.id)
        found = following
    return found


def _corrections(id: int, notices: Mapping[int, Notice]) -> Iterator[Notice]:
    for one in notices.values():
        discarded = one.state == "cleared" and one.ended == one.issued
        if one.replaces == id and one.state != "drafted" and not discarded:
            yield one


def identifier_of(epoch: str, notice: int, version: int) -> str:
    """Returns the UUID of the document number ``version`` about ``notice``; always the same for equal arguments.

    ``epoch`` is that of the store and changes when a backup is restored.
    """
    return str(uuid5(NAMESPACE_URL, f"bangtin:{epoch}/{notice}/{version}"))


def is_identifier(text: str) -> bool:
    """True if ``text`` is a UUID in the form that documents use: lower case, with hyphens."""
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def sent_of(step: Step, now: datetime) -> datetime:
    """Returns the time at which the document of ``step`` is sent, in whole seconds.

    This is ``now`` or, if that is not later than all earlier documents of its chain, a second after the latest of
    them.
    """
    whole = now.replace(microsecond=0)
    return max([whole, *(one.sent + _SECOND for one in step.before)])


def listed(documents: Sequence[Published], area_above: Callable[[str], bool], now: datetime) -> tuple[Published, ...]:
    """Returns what an area's feed lists, newest first: alerts in force and those that ended within `ENDED_SHOWN`.

    ``documents`` are the newest of each chain; ``area_above`` returns True for the slug of the feed's area and of the
    areas above it.
    """
    wanted = (one for one in documents if any(map(area_above, one.areas)) and now < _ended(one) + ENDED_SHOWN)
    return tuple(sorted(wanted, key=lambda one: one.sent, reverse=True))


def _ended(document: Published) -> datetime:
    return document.sent if document.kind == "Cancel" else document.ends
