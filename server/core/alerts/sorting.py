"""Puts each document into the list where it belongs at an instant; called by `lifecycle` for every state.

It also finds the next instant at which a document moves to another list without a new document or decision.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from server.core.alerts.chains import Chains, Link
from server.core.alerts.document import Key
from server.core.alerts.rules import AlertRules
from server.core.alerts.standing import REAL, takes_down
from server.core.alerts.state import END_REASONS, Decisions, Draft, Ended, EndReason, InForce, Question, Waiting


class _End(NamedTuple):
    """One of several ends of a document; ``order`` is the index of its reason in `END_REASONS`."""

    at: datetime
    order: int
    by: Key | None


_EDITOR = END_REASONS.index("editor")


def _end(at: datetime, reason: EndReason, by: Key | None = None) -> _End:
    return _End(at, END_REASONS.index(reason), by)


def _issuers_end(link: Link, ends: Iterable[_End]) -> datetime | None:
    """Returns when a warning that an editor ended is over for its issuer.

    None for a drill or a test, and for a document that only ends a danger.
    """
    if link.standing.rank < REAL or takes_down(link.alert):
        return None
    return min(end.at for end in ends if end.order != _EDITOR)


def _acts_silently(link: Link) -> bool:
    """Returns True for a Cancel without infos that ends other documents: there is nothing to show or to decide.

    A Cancel that may belong to a test does not count.
    """
    return (
        link.alert.kind == "Cancel"
        and not link.alert.infos
        and link.acts is not None
        and "drill" not in link.standing.reasons
    )


class Sorting:
    """The lists of an `AlertState` at ``now``, each in the order in which the documents were sent."""

    def __init__(
        self, chains: Chains, naming: list[list[int]], rules: AlertRules, decisions: Decisions, now: datetime
    ) -> None:
        self._chains, self._naming = chains, naming
        self._rules, self._decisions, self._now = rules, decisions, now
        self.in_force: list[InForce] = []
        self.waiting: list[Waiting] = []
        self.drafts: list[Draft] = []
        self.ended: list[Ended] = []
        self._numbers: list[int] = []
        self._drafted: set[int] = set()
        self._shown: set[int] = set()
        self._times: set[datetime] = set()
        for number, link in enumerate(chains.links):
            if not _acts_silently(link):
                self._put(number, link)
        self._mark_updates()

    def next_change(self) -> datetime | None:
        """Returns the next instant at which a list changes without a new document or decision; None: never."""
        return min((time for time in self._times if time > self._now), default=None)

    def _put(self, number: int, link: Link) -> None:
        alert, live = link.alert, link.standing.state == "live"
        since = max(link.span.start, alert.received, self._decisions.approved.get(link.key, link.span.start))
        ends = self._ends(number, link)
        self._times |= {link.span.start, *(end.at for end in ends)}
        over = [end for end in ends if end.at <= self._now]
        if over:
            first = min(over, key=lambda end: end[:2])
            until = _issuers_end(link, ends) if first.order == _EDITOR else None
            self.ended.append(Ended(alert, END_REASONS[first.order], first.at, first.by, until))
        elif not live:
            self.drafts.append(Draft(alert, link.standing.reasons, link.span.until))
            self._drafted.add(number)
        elif self._now < link.span.start:
            self.waiting.append(Waiting(alert, link.span.start, link.span.until))
            self._shown.add(number)
        else:
            old = alert.sent + self._rules.slide_after
            self._times.add(old)
            self.in_force.append(InForce(alert, since, link.span.until, old=old <= self._now))
            self._numbers.append(number)
            self._shown.add(number)

    def _ends(self, number: int, link: Link) -> list[_End]:
        found = [_end(link.span.until, "expired")]
        if link.key in self._decisions.ended:
            found.append(_end(self._decisions.ended[link.key], "editor"))
        if link.key in self._decisions.missing:
            found.append(_end(self._decisions.missing[link.key], "missing"))
        ending = self._chains.endings[number]
        if ending is not None:
            found.append(_end(ending.at, ending.reason, ending.by))
        return found

    def _mark_updates(self) -> None:
        """Sets ``updates`` of each alert in force to its Updates that wait for an editor."""
        for place, number in enumerate(self._numbers):
            updates = [at for at in self._naming[number] if at in self._drafted]
            if updates:
                keys = tuple(self._chains.links[at].key for at in updates)
                self.in_force[place] = replace(self.in_force[place], updates=keys)

    def questions(self) -> tuple[Question, ...]:
        """Returns a question for each Update that is still shown although a Cancel ended what it had replaced."""
        links, unknown = self._chains.links, self._chains.by_unknown()
        found = []
        for number, link in enumerate(links):
            if link.alert.kind != "Cancel" or link.acts is None or link.acts > self._now:
                continue
            later = {at for target in self._chains.named[number] for at in self._naming[target]}
            for each in self._chains.unknown[number]:
                later.update(unknown[link.alert.source, each.identifier])
            for at in sorted(self._all_naming(later) & self._shown):
                if links[at].alert.kind != "Cancel" and links[at].alert.sent <= link.alert.sent:
                    found.append(Question(link.key, links[at].key))
        return tuple(found)

    def _all_naming(self, start: set[int]) -> set[int]:
        seen, waiting = set(start), list(start)
        while waiting:
            new = [at for at in self._naming[waiting.pop()] if at not in seen]
            seen.update(new)
            waiting += new
        return seen
