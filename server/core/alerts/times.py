"""From when to when an info is shown; called by core.alerts, the desk and the worker.

Screens are given these times and keep to them offline, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from server.core.alerts.document import Alert, Info
from server.core.alerts.rules import AlertRules


class Span(NamedTuple):
    """The half-open span [start, until) of an info or an alert; ``start >= until``: it is never shown."""

    start: datetime
    until: datetime

    @property
    def empty(self) -> bool:
        """True if there is no instant at which it is shown: it expires before it begins."""
        return self.start >= self.until

    def holds(self, now: datetime) -> bool:
        """True if ``now`` lies within the span."""
        return self.start <= now < self.until


def tells_the_end(alert: Alert, info: Info) -> bool:
    """True for what says that a danger is over: a Cancel, an all-clear, an event of the past."""
    return (
        alert.kind == "Cancel"
        or info.urgency.casefold() == "past"
        or any(response.casefold() == "allclear" for response in info.responses)
    )


def span_of(alert: Alert, info: Info, rules: AlertRules) -> Span:
    """When ``info`` is shown: from ``effective``, else ``sent``, to ``expires``.

    A ``sent`` after the arrival is a mistake of a clock or a zone and must not delay an alarm. Without ``expires`` it
    ends 6 h after the latest of sent, effective and onset: an alarm without an end must not stand for days. What
    tells the end of a danger is shown for 1 h at most.
    """
    start = info.effective or min(alert.sent, alert.received)
    latest = max(instant for instant in (alert.sent, info.effective, info.onset) if instant is not None)
    until = info.expires or latest + rules.without_expires
    if tells_the_end(alert, info):
        until = min(until, start + rules.calm_for)
    return Span(start, until)


def span_of_alert(alert: Alert, rules: AlertRules) -> Span:
    """From the first to the last instant at which one of its infos is shown.

    Infos that are never shown do not count unless all are such. Without any info it begins at ``sent`` and ends as
    one without ``expires`` does: there is nothing to show, but an editor may want to know of it so long.
    """
    if not alert.infos:
        return Span(min(alert.sent, alert.received), alert.sent + rules.without_expires)
    spans = [span_of(alert, info, rules) for info in alert.infos]
    shown = [span for span in spans if not span.empty] or spans
    return Span(min(span.start for span in shown), max(span.until for span in shown))


def onset_to_tell(info: Info, now: datetime) -> datetime | None:
    """The beginning of the event if it is still to come; None otherwise.

    It is told also where it lies after ``expires``: some services let a message expire before its event begins and
    send a new one meanwhile.
    """
    return info.onset if info.onset is not None and info.onset > now else None
