"""The state of a source's alerts at an instant, and what else is known of them; made by `lifecycle` and `sorting`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from server.core.alerts.document import Alert, Key
from server.core.alerts.standing import Reason

EndReason = Literal["cancelled", "replaced", "editor", "missing", "expired"]
END_REASONS: tuple[EndReason, ...] = ("cancelled", "replaced", "editor", "missing", "expired")
"""The first of several that happened at one instant counts."""


@dataclass(frozen=True, slots=True)
class Decisions:
    """What is known beside the documents.

    ``approved``: drafts that an editor put on the air, and when. ``ended``: what an editor took off or discarded.
    ``missing``: what left an index that is complete (`polls`). ``held``: drafts for reasons of their place.
    """

    approved: Mapping[Key, datetime] = field(default_factory=dict)
    ended: Mapping[Key, datetime] = field(default_factory=dict)
    missing: Mapping[Key, datetime] = field(default_factory=dict)
    held: Mapping[Key, tuple[Reason, ...]] = field(default_factory=dict)


NO_DECISIONS = Decisions()


@dataclass(frozen=True, slots=True)
class InForce:
    """An alert that is shown; ``since`` is when it could first be, ``updates`` wait for an editor to replace it.

    ``old``: it is past the age from which it is a slide at most, and the desk is told. A Cancel that tells of the
    end is in force for its hour, too.
    """

    alert: Alert
    since: datetime
    until: datetime
    updates: tuple[Key, ...] = ()
    old: bool = False


@dataclass(frozen=True, slots=True)
class Waiting:
    """An alert whose ``effective`` is still to come, in force from ``start`` to ``until``."""

    alert: Alert
    start: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Draft:
    """An alert that an editor has to decide on, and why; ``until`` is when its own times end."""

    alert: Alert
    reasons: tuple[Reason, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """An alert that is over at ``at`` by its documents; ``by``: the document that ended it.

    ``until``: until when a warning that an editor ended is in force for its issuer, as far as is known now. None for
    what ended otherwise, for a drill or a test, and for what tells the end of a danger.
    """

    alert: Alert
    reason: EndReason
    at: datetime
    by: Key | None = None
    until: datetime | None = None


class Question(NamedTuple):
    """``cancel`` names an alert that ``update`` had replaced, but not ``update`` itself: the desk is asked."""

    cancel: Key
    update: Key


@dataclass(frozen=True, slots=True)
class AlertState:
    """All documents of a source by what has become of them, each list in the order they were sent.

    ``refused``: their signature is broken. ``named`` are the documents that each one names directly, if they came.
    ``next_change`` is when time alone will change this state next.
    """

    in_force: tuple[InForce, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    drafts: tuple[Draft, ...] = ()
    ended: tuple[Ended, ...] = ()
    refused: tuple[Alert, ...] = ()
    ignored: tuple[Alert, ...] = ()
    questions: tuple[Question, ...] = ()
    notes: tuple[tuple[Key, str], ...] = ()
    named: Mapping[Key, tuple[Key, ...]] = field(default_factory=dict)
    next_change: datetime | None = None
