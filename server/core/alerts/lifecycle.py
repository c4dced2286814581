"""The state of a source's alerts at an instant: in force, waiting, drafts, ended; called by worker.alert_reconciler.

    documents (any order, lost, doubled, late) + an editor's decisions
        -> standing of each (`standing`) -> which ends which (`chains`) -> lists at `now` (`sorting`)

The result depends on the documents alone, not on the order in which they came. Only the limit on urgent documents in
an hour (`standing.flooded`) depends on when they came.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime

from server.core.alerts.chains import Link, chained
from server.core.alerts.document import Alert, Key
from server.core.alerts.rules import AlertRules
from server.core.alerts.sorting import Sorting
from server.core.alerts.standing import REAL, REASONS, Reason, Standing, flooded, standing_of, takes_down
from server.core.alerts.state import NO_DECISIONS, AlertState, Decisions
from server.core.alerts.times import Span, span_of_alert


def state_of(
    documents: Iterable[Alert], now: datetime, rules: AlertRules, decisions: Decisions = NO_DECISIONS
) -> AlertState:
    """Returns the state at ``now`` of the alerts in ``documents``: which are in force, waiting, drafts or ended.

    The documents may come from several sources if ``rules`` applies to all; documents of one source have no effect on
    those of another. None may have arrived after ``now``.
    """
    ledger = Ledger(rules)
    ledger.add(documents)
    return ledger.state(now, decisions)


@dataclass(frozen=True, slots=True)
class _Facts:
    """A document with its standing and span, which change neither with time nor by a decision."""

    key: Key
    alert: Alert
    standing: Standing
    span: Span


class Ledger:
    """Keeps the documents of a source and what can be computed of each in advance, so that `state` costs little.

    The graph of references is built anew only after a new document or another decision.
    """

    def __init__(self, rules: AlertRules) -> None:
        self._rules = rules
        self._contents: dict[Key, dict[Alert, datetime]] = {}
        self._facts: dict[Key, _Facts] = {}
        self._graph: tuple[Decisions, _Graph] | None = None

    def add(self, documents: Iterable[Alert]) -> None:
        """Adds documents. A document that was added before changes at most its arrival: the earlier one counts."""
        for alert in documents:
            key = alert.key
            kept = self._facts.get(key)
            if kept is None:
                self._keep(key, alert)
            elif key in self._contents or not _came_before(alert, kept.alert):
                self._keep(key, self._choice(key, kept.alert, alert))

    def _keep(self, key: Key, alert: Alert) -> None:
        self._facts[key] = _Facts(key, alert, standing_of(alert, self._rules), span_of_alert(alert, self._rules))
        self._graph = None

    def _choice(self, key: Key, kept: Alert, alert: Alert) -> Alert:
        """Adds ``alert`` to the different contents that came with this key, and returns the content that counts.

        Contents that are neither refused nor ignored go first, then trusted ones, then the one that arrived last. The
        result's ``received`` is the first arrival of its content.
        """
        contents = self._contents.setdefault(key, {_bare(kept): kept.received})
        bare = _bare(alert)
        contents[bare] = min(contents.get(bare, alert.received), alert.received)

        def value(one: Alert) -> tuple[bool, bool, datetime, str]:
            standing = standing_of(one, self._rules)
            usable = standing.state not in ("refused", "ignored")
            return (usable, standing.trusted, contents[one], repr(one) if len(contents) > 1 else "")

        best = max(contents, key=value)
        return replace(best, received=contents[best])

    def content(self, key: Key) -> Alert:
        """Returns the document with this key; of several contents the one that `_choice` chose. Raises KeyError."""
        return self._facts[key].alert

    def state(self, now: datetime, decisions: Decisions = NO_DECISIONS) -> AlertState:
        """Returns the state at ``now``, which must not be before the arrival of any document."""
        if self._graph is None or self._graph[0] != decisions:
            self._graph = decisions, _Graph(self._facts.values(), self._rules, decisions)
        return self._graph[1].state(now)


def _came_before(alert: Alert, kept: Alert) -> bool:
    return kept.received <= alert.received and kept == replace(alert, received=kept.received)


def _bare(alert: Alert) -> Alert:
    return replace(alert, received=alert.sent)


class _Graph:
    """The documents of a source and their graph of references, under given decisions of editors."""

    def __init__(self, facts: Iterable[_Facts], rules: AlertRules, decisions: Decisions) -> None:
        self._rules, self._decisions = rules, decisions
        listed = tuple(facts)
        self._refused = tuple(one.alert for one in listed if one.standing.state == "refused")
        self._ignored = tuple(one.alert for one in listed if one.standing.state == "ignored")
        usable = [one for one in listed if one.standing.state in ("live", "draft")]
        urgent = (one for one in usable if one.standing.urgent and one.alert.received < one.span.until)
        brake = flooded(((one.alert.received, one.key) for one in urgent), rules)
        self._chains = chained(self._link(one, brake) for one in usable)
        self._naming = self._chains.naming()
        self._named = self._chains.named_keys()
        never = {(one.key, REASONS["never"]) for one in usable if "never" in one.standing.reasons}
        self._notes = tuple(sorted({*self._chains.notes, *never}))

    def _link(self, one: _Facts, brake: frozenset[Key]) -> Link:
        standing = one.standing
        more: tuple[Reason, ...] = ("flood",) if one.key in brake else ()
        more += self._decisions.held.get(one.key, ())
        if more:
            standing = replace(standing, state="draft", reasons=(*standing.reasons, *more))
        approved = self._decisions.approved.get(one.key)
        if approved is not None:
            # An editor has seen that it is no test, whatever words it has.
            standing = replace(standing, state="live", reasons=(), rank=0 if one.alert.status == "Exercise" else REAL)
        return Link(one.key, one.alert, one.span, standing, self._acts(one, standing, approved))

    def _acts(self, one: _Facts, standing: Standing, approved: datetime | None) -> datetime | None:
        """Returns when a document ends those that it names; None if it ends nothing.

        An Update acts when it becomes effective, a Cancel at once, a draft not before its approval. A document that
        only ends a danger needs no approval, if it is surely its source's own word (``trusted``). A document that an
        editor took off, or that left the index, before it acted does not act any more.
        """
        if standing.state == "draft" and not (standing.trusted and takes_down(one.alert)):
            return None
        start = min(one.alert.sent, one.alert.received) if one.alert.kind == "Cancel" else one.span.start
        acts = start if approved is None else max(start, approved)
        gone = [at[one.key] for at in (self._decisions.ended, self._decisions.missing) if one.key in at]
        return None if any(at <= acts for at in gone) else acts

    def state(self, now: datetime) -> AlertState:
        """Returns the state at ``now``."""
        lists = Sorting(self._chains, self._naming, self._rules, self._decisions, now)
        return AlertState(
            in_force=tuple(lists.in_force),
            waiting=tuple(lists.waiting),
            drafts=tuple(lists.drafts),
            ended=tuple(lists.ended),
            refused=self._refused,
            ignored=self._ignored,
            questions=lists.questions(),
            notes=self._notes,
            named=self._named,
            next_change=lists.next_change(),
        )
