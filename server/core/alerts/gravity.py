"""Measures how grave an alert is for each board; called by local_ends and alert_ends of the worker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple

from server.core.alerts import levels
from server.core.alerts.document import Alert
from server.core.alerts.languages import parallels_of
from server.core.alerts.placement import Match, Placement
from server.core.alerts.risk import risk_of
from server.core.alerts.rules import AlertRules

_SEVERITIES: Mapping[str, int] = {"minor": 0, "moderate": 1, "severe": 2, "extreme": 3}
_UNKNOWN = _SEVERITIES["moderate"]
"""An unknown severity counts as moderate: above surely harmless ones, below surely grave ones."""


class Gravity(NamedTuple):
    """How grave some infos are: the highest of each of three measures.

    ``severity`` is 0 (minor) to 3 (extreme), ``level`` 0 (slide) to 2 (urgent), ``risk`` the risk level (0: none).
    """

    severity: int
    level: int
    risk: int

    def rises_over(self, other: Gravity) -> bool:
        """True if at least one of the three measures is higher than in ``other``."""
        return any(mine > theirs for mine, theirs in zip(self, other, strict=True))


def highest(found: Iterable[Gravity]) -> Gravity:
    """Returns the highest value of each measure in ``found``, which must not be empty."""
    severities, levels_, risks = zip(*found, strict=True)
    return Gravity(max(severities), max(levels_), max(risks))


def gravities_of(alert: Alert, placement: Placement, rules: AlertRules) -> dict[str, Gravity]:
    """Returns slug of each board in ``placement`` -> the gravity of the infos of ``alert`` that concern this board.

    An info that concerns only other boards does not count.
    """
    by_match: dict[Match, Gravity] = {}
    by_matches: dict[tuple[Match, ...], Gravity] = {}
    for matches in placement.boards.values():
        if matches not in by_matches:
            for match in matches:
                if match not in by_match:
                    by_match[match] = _gravity_of(alert, match, rules)
            by_matches[matches] = highest(by_match[match] for match in matches)
    return {slug: by_matches[matches] for slug, matches in placement.boards.items()}


def _gravity_of(alert: Alert, match: Match, rules: AlertRules) -> Gravity:
    info = alert.infos[match.info]
    parallels = parallels_of(alert, match.info, rules)
    phases = levels.phases_of(alert, info, rules, parallels=parallels, at_most=match.at_most)
    level = levels.highest(phase.level for phase in phases)
    severity = _SEVERITIES.get(info.severity.casefold(), _UNKNOWN)
    return Gravity(severity, levels.LEVELS.index(level), risk_of(info, rules))
