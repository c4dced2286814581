"""Decides how prominently an info is shown, and when that changes; called by core.alerts and the worker's trials.

The level of an info changes with time: an onset comes near, a notice grows old, an urgent one no longer fills the
screen. Screens are given all phases in advance and follow them offline.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from server.core.alerts.document import Alert, Info
from server.core.alerts.rules import AlertRules
from server.core.alerts.times import span_of, tells_the_end

AlertLevel = Literal["slide", "priority", "urgent"]
LEVELS: tuple[AlertLevel, ...] = ("slide", "priority", "urgent")
"""Weakest first."""
_WORD_BREAKS = re.compile(r"[\W_]+")
_GREEN = re.compile(r"(?<!\w)(?:green|xanh lá(?: cây)?)(?!\w)")


@dataclass(frozen=True, slots=True)
class Phase:
    """The level of an info in [start, until).

    ``holds_until`` is set for the level "urgent": until then the info fills the whole screen, afterwards it has every
    second slide and the banner.
    """

    start: datetime
    until: datetime
    level: AlertLevel
    holds_until: datetime | None = None


def highest(levels: Iterable[AlertLevel]) -> AlertLevel:
    """Returns the strongest of ``levels``; "slide" if there is none."""
    return max(levels, key=LEVELS.index, default="slide")


def lower(one: AlertLevel, other: AlertLevel) -> AlertLevel:
    """Returns the weaker of two levels."""
    return min(one, other, key=LEVELS.index)


def grade_of(info: Info, rules: AlertRules) -> AlertLevel:
    """Returns the strongest level that ``info`` may have at any time by its own values.

    It is "slide" if one of the values is in ``rules.calm_…``, or says "all clear" or the colour green; it is "urgent"
    if severity, urgency and certainty all are in ``rules.urgent_…``. Anything else is "priority", also "Unknown",
    because several services fill in nothing else.
    """
    severity, urgency, certainty = info.severity.casefold(), info.urgency.casefold(), info.certainty.casefold()
    if (
        severity in rules.calm_severities
        or urgency in rules.calm_urgencies
        or certainty in rules.calm_certainties
        or any(response.casefold() == "allclear" for response in info.responses)
        or _is_green(info, rules)
    ):
        return "slide"
    urgent = (
        severity in rules.urgent_severities
        and urgency in rules.urgent_urgencies
        and certainty in rules.urgent_certainties
    )
    return "urgent" if urgent else "priority"


def _is_green(info: Info, rules: AlertRules) -> bool:
    return any(
        _WORD_BREAKS.sub("", name).casefold() in rules.colour_parameters and _GREEN.search(value.casefold())
        for name, value in info.parameters
    )


def holds_to_the_end(info: Info) -> bool:
    """True for severity Extreme with urgency Immediate: the alert fills the whole screen while it is urgent."""
    return info.severity.casefold() == "extreme" and info.urgency.casefold() == "immediate"


def phases_of(
    alert: Alert,
    info: Info,
    rules: AlertRules,
    *,
    parallels: Sequence[Info] = (),
    since: datetime | None = None,
    at_most: AlertLevel = "urgent",
) -> tuple[Phase, ...]:
    """Returns the phases of ``info``, without gaps from its first to its last instant; empty: it is never shown.

    ``parallels`` are the same info in other languages: the highest level of all counts. ``since`` is when it could
    first be shown (an editor's approval), by default its arrival: the minutes on the whole screen count from there.
    ``at_most`` caps the level (a place without extent is "priority" at most).
    """
    span = span_of(alert, info, rules)
    if span.empty:
        return ()
    level = lower(highest(grade_of(each, rules) for each in (info, *parallels)), at_most)
    if tells_the_end(alert, info):
        level = "slide"
    old = min(max(span.start, alert.sent + rules.slide_after), span.until)
    near = span.start if info.onset is None else max(span.start, info.onset - rules.urgent_before_onset)
    near = min(near, old)
    rest = Phase(old, span.until, "slide")
    if level != "urgent":
        return _without_empty(Phase(span.start, old, level), rest)
    first = max(near, since or alert.received)
    kept = any(holds_to_the_end(each) for each in (info, *parallels))
    holds = old if kept else min(first + rules.urgent_holds, old)
    return _without_empty(Phase(span.start, near, "priority"), Phase(near, old, "urgent", holds), rest)


def _without_empty(*phases: Phase) -> tuple[Phase, ...]:
    """Returns the phases without empty ones; adjacent phases of the same level are joined."""
    found: list[Phase] = []
    for phase in phases:
        if phase.start >= phase.until:
            continue
        if found and found[-1].level == phase.level:
            found[-1] = Phase(found[-1].start, phase.until, phase.level, phase.holds_until)
        else:
            found.append(phase)
    return tuple(found)


def peak_of(alert: Alert, rules: AlertRules) -> AlertLevel:
    """Returns the strongest level that any info of the alert will have at any time."""
    return highest(phase.level for info in alert.infos for phase in phases_of(alert, info, rules))
