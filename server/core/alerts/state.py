"""The state of a source's alerts at an instant, and the decisions on them; made by `lifecycle` and `sorting`."""

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
    """What is known about documents but is not written in them; all keys are those of documents.

    ``approved``: when an editor put a draft on air. ``ended``: when an editor took a document off or discarded it.
    ``missing``: when a document had disappeared from an index that is complete (`polls`). ``held``: why the place of
    a document makes it a draft.
    """

    approved: Mapping[Key, datetime] = field(default_factory=dict)
    ended: Mapping[Key, datetime] = field(default_factory=dict)
    missing: Mapping[Key, datetime] = field(default_factory=dict)
    held: Mapping[Key, tuple[Reason, ...]] = field(default_factory=dict)


NO_DECISIONS = Decisions()


@dataclass(frozen=True, slots=True)
class InForce:
    """An alert that is shown; ``since`` is the first time at which it could be shown.

    ``updates`` are its Updates that need an editor's approval to replace it. ``old``: it has reached the age from
    which it is a slide at most, and the desk is told. A Cancel that says that a danger is over is in force for its
    hour, too.
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
    """An alert that an editor has to decide on, for ``reasons``; by its own times it ends at ``until``."""

    alert: Alert
    reasons: tuple[Reason, ...]
    until: datetime


@dataclass(frozen=True, slots=True)
class Ended:
    """An alert that ended at ``at``; ``by`` is the document that cancelled or replaced it, None for other reasons.

    ``until`` is set for a warning that an editor ended: it is in force for its issuer until then, as far as is known
    now. It is None if the alert ended otherwise, is a drill or a test, or only tells the end of a danger.
    """

    alert: Alert
    reason: EndReason
    at: datetime
    by: Key | None = None
    until: datetime | None = None


class Question(NamedTuple):
    """A question to the desk: ``cancel`` names an alert that ``update`` had replaced, but not ``update`` itself."""

    cancel: Key
    update: Key


@dataclass(frozen=True, slots=True)
class AlertState:
    """The documents of a source in lists by their state; a Cancel with nothing to show or to decide is in none.

    The lists are in the order the documents were sent, ``refused`` and ``ignored`` in that of their arrival.
    ``refused``: their signature is broken. ``ignored``: they are not for the public. ``named`` maps the key of a
    document to those of the documents that it names directly, as far as these came. ``notes`` are Vietnamese remarks
    on documents. ``next_change`` is the next instant at which the state changes without a new document or decision;
    None: never.
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
