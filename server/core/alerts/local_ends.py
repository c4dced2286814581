"""In which areas an editor took an alert off the boards, also for its Updates; called by alert_reconciler.

decisions on documents (ended in an area, shown there again) + which document names which
    -> the areas of each document, whose boards do not show it (`board_places.without_areas`)
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from server.core.alerts.document import Alert, Key
from server.core.alerts.levels import LEVELS, peak_of
from server.core.alerts.risk import risk_of
from server.core.alerts.rules import AlertRules

_SEVERITIES: Mapping[str, int] = {"minor": 0, "moderate": 1, "severe": 2, "extreme": 3}
_UNKNOWN = _SEVERITIES["moderate"]
"""Unknown stands beside moderate: above what is surely harmless, below what is surely grave."""


class Gravity(NamedTuple):
    """The highest severity (0 to 3), level (0 slide to 2 urgent) and risk level (0 for none) of a document."""

    severity: int
    level: int
    risk: int

    def rises_over(self, other: Gravity) -> bool:
        """True if anything of it is higher than in ``other``."""
        return any(mine > theirs for mine, theirs in zip(self, other, strict=True))


def highest(found: Iterable[Gravity]) -> Gravity:
    """The highest value of each kind in ``found``, which is not empty."""
    severities, levels, risks = zip(*found, strict=True)
    return Gravity(max(severities), max(levels), max(risks))


def gravity_of(alert: Alert, rules: AlertRules) -> Gravity:
    """How grave a document is, whatever its places."""
    severities = [_SEVERITIES.get(info.severity.casefold(), _UNKNOWN) for info in alert.infos]
    risks = [risk_of(info, rules) for info in alert.infos]
    return Gravity(max(severities, default=0), LEVELS.index(peak_of(alert, rules)), max(risks, default=0))


@dataclass(frozen=True, slots=True)
class LocalDecision:
    """What editors decided on one document for the boards of some areas; no slug is in both fields.

    ``ended_in`` are the slugs of the areas whose boards must not show it. ``shown_in`` are those of the areas whose
    boards show it although it, or what it took the place of, was ended there before.
    """

    ended_in: Collection[str] = ()
    shown_in: Collection[str] = ()


_Ended = Mapping[str, Gravity]
"""Slug of an area -> the gravity of the document when an editor ended it there."""


@dataclass(slots=True)
class LocalEnds:
    """Answers in which areas an editor ended a document of one source; the boards of those areas do not show it.

    ``alerts`` are the source's documents by key. ``named`` maps a key to the keys of the documents that it references
    directly; no document may reference itself, directly or through others. ``decided`` are the editors' decisions on
    some of the documents.
    """

    alerts: Mapping[Key, Alert]
    named: Mapping[Key, Sequence[Key]]
    decided: Mapping[Key, LocalDecision]
    rules: AlertRules
    _ended: dict[Key, _Ended] = field(default_factory=dict)
    _before: dict[Key, frozenset[Key]] = field(default_factory=dict)

    def areas_of(self, key: Key) -> frozenset[str]:
        """The slugs of the areas in which an editor ended the document or what it took the place of.

        An Update that is graver than what was ended is a new alarm and is shown again.
        """
        for each in self._oldest_first(key):
            self._judge(each)
        return frozenset(self._ended[key])

    def _oldest_first(self, key: Key) -> Iterable[Key]:
        """The document and all that it names, and what those name, each after what it names."""
        waiting = [key]
        while waiting:
            each = waiting[-1]
            unknown = [one for one in self.named.get(each, ()) if one not in self._ended]
            if each in self._ended or not unknown:
                waiting.pop()
                yield each
            else:
                waiting += unknown

    def _judge(self, key: Key) -> None:
        if key in self._ended:
            return
        named = self.named.get(key, ())
        self._before[key] = frozenset(named).union(*(self._before[one] for one in named))
        own, inherited = self.decided.get(key, LocalDecision()), self._inherited(named)
        if not own.ended_in and not inherited:
            self._ended[key] = {}
            return
        gravity = gravity_of(self.alerts[key], self.rules)
        kept = {
            slug: was for slug, was in inherited.items() if slug not in own.shown_in and not gravity.rises_over(was)
        }
        self._ended[key] = kept | dict.fromkeys(own.ended_in, gravity)

    def _inherited(self, named: Sequence[Key]) -> _Ended:
        """Where all that a document takes the place of is ended; what another one of it names does not count."""
        nearest = [one for one in named if not any(one in self._before[other] for other in named)]
        common = set.intersection(*(set(self._ended[one]) for one in nearest)) if nearest else set[str]()
        return {slug: highest(self._ended[one][slug] for one in nearest) for slug in common}
