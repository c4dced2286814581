"""Values of trials, in which the worker reads an address once for a person at the desk; used by desk, worker, store.

A trial holds only what its page at the desk shows; nothing that was read reaches a board.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from server.core.model import PageRules

TrialKind = Literal["look", "try", "selectors"]
"""What is tried: a pasted address ("look"), a source ("try"), a source's list page with other selectors."""
LONGEST = timedelta(minutes=2)
"""How long a trial waits for its outcome; after that the worker is taken to be stopped."""
MOST_ENTRIES = 10


@dataclass(frozen=True, slots=True)
class TrialStep:
    """One step of a trial, such as the download, with its duration and the number of bytes that it read.

    ``label`` and ``message`` are Vietnamese.
    """

    label: str
    ok: bool
    message: str
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True)
class TrialEntry:
    """The parts of a read entry that the page of a trial shows; ``image`` and ``link`` are True if it has one.

    ``notes`` say what was corrected.
    """

    title: str
    published: datetime | None
    image: bool
    link: bool
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TrialReading:
    """What one feed or list page contained: its title, its first ``entries`` and the ``count`` of all entries.

    ``selectors`` are those that found the entries of a list page, None for a feed.
    """

    title: str
    count: int
    entries: tuple[TrialEntry, ...]
    selectors: PageRules | None = None


@dataclass(frozen=True, slots=True)
class TrialLink:
    """A feed to which the tried page links."""

    title: str
    address: str


@dataclass(frozen=True, slots=True)
class TrialAlert:
    """An alert that was read: when it is valid, and the boards (slugs) that it would have reached.

    ``level`` is the highest that it would have had: "urgent", "priority" or "normal". ``placed`` is False if its
    place cannot be told. ``kind`` is CAP's msgType, ``exercise`` True for a drill.
    """

    title: str
    sender: str
    kind: str
    level: str
    sent: datetime
    since: datetime
    until: datetime
    boards: tuple[str, ...] = ()
    placed: bool = True
    exercise: bool = False
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TrialAlerts:
    """The newest ``alerts`` of a source of CAP alerts; ``count`` is how many it lists.

    ``unread`` counts those of the newest ones that could not be read; ``problem`` says in Vietnamese why.
    """

    count: int
    alerts: tuple[TrialAlert, ...] = ()
    unread: int = 0
    problem: str = ""


@dataclass(frozen=True, slots=True)
class TrialServer:
    """Another Bảng Tin server: its name, the version of its program, and the names of the areas it speaks for."""

    name: str
    version: str
    areas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was found at ``address``: a ``feed``, the ``feeds`` and ``lists`` of a page, or ``alerts`` (CAP).

    With ``server`` it is another Bảng Tin server, whose items are in ``feed``.

    ``problem`` says in Vietnamese why nothing was found, else "". ``steps`` are the steps done so far; ``complete``
    is False while the worker is still reading.
    """

    address: str
    complete: bool = True
    problem: str = ""
    steps: tuple[TrialStep, ...] = ()
    title: str = ""
    feed: TrialReading | None = None
    feeds: tuple[TrialLink, ...] = ()
    lists: tuple[TrialReading, ...] = ()
    alerts: TrialAlerts | None = None
    server: TrialServer | None = None


@dataclass(frozen=True, slots=True)
class Trial:
    """A trial that ``person`` requested; ``outcome`` is None until the worker has begun.

    ``source`` is the slug of the tried source, ``page`` the selectors to try; both are None where they do not apply.
    """

    key: str
    person: str
    kind: TrialKind
    address: str
    source: str | None
    page: PageRules | None
    made: datetime
    outcome: Outcome | None = None

    def waits(self, now: datetime) -> bool:
        """True while the outcome is not complete and the trial is younger than `LONGEST`."""
        over = self.outcome is not None and self.outcome.complete
        return not over and now - self.made < LONGEST
