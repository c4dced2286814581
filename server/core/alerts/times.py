"""Computes from when to when an info is shown; called by core.alerts, the desk and the worker.

Screens are given these times and keep to them offline, too.
"""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

from server.core.alerts.document import Alert, Info
from server.core.alerts.rules import AlertRules


class Span(NamedTuple):
    """The time [start, until) in which an info or an alert is shown; if ``start >= until``, it is never shown."""

    start: datetime
    until: datetime

    @property
    def empty(self) -> bool:
        """True if the span contains no instant: the info or alert expires before it begins."""
        return self.start >= self.until

    def holds(self, now: datetime) -> bool:
        """True if ``now`` lies within the span."""
        return self.start <= now < self.until


def tells_the_end(alert: Alert, info: Info) -> bool:
    """True if ``info`` says that a danger is over: in a Cancel, as an all-clear, or about an event of the past."""
    return (
        alert.kind == "Cancel"
        or info.urgency.casefold() == "past"
        or any(response.casefold() == "allclear" for response in info.responses)
    )


def span_of(alert: Alert, info: Info, rules: AlertRules) -> Span:
    """Returns when ``info`` is shown: from ``effective``, else ``sent``, to ``expires``.

    If ``sent`` is later than the arrival, the arrival counts: a wrong clock or zone must not delay an alarm. Without
    ``expires`` the span ends 6 h (``without_expires``) after the latest of sent, effective and onset: an alarm
    without an end must not be shown for days. An info that tells the end of a danger is shown for 1 h at most
    (``calm_for``).
    """
    start = info.effective or min(alert.sent, alert.received)
    latest = max(instant for instant in (alert.sent, info.effective, info.onset) if instant is not None)
    until = info.expires or latest + rules.without_expires
    if tells_the_end(alert, info):
        until = min(until, start + rules.calm_for)
    return Span(start, until)


def span_of_alert(alert: Alert, rules: AlertRules) -> Span:
    """Returns the span from the first to the last instant at which one of the alert's infos is shown.

    Infos that are never shown count only if no info is ever shown. Without infos the span runs from ``sent``, or the
    arrival if that is earlier, to 6 h after ``sent``: there is nothing to show, but an editor may want to know of the
    alert.
    """
    if not alert.infos:
        return Span(min(alert.sent, alert.received), alert.sent + rules.without_expires)
    spans = [span_of(alert, info, rules) for info in alert.infos]
    shown = [span for span in spans if not span.empty] or spans
    return Span(min(span.start for span in shown), max(span.until for span in shown))


def onset_to_tell(info: Info, now: datetime) -> datetime | None:
    """Returns the beginning of the event if it is still to come, else None.

    It is returned even if it is later than ``expires``: some services let a message expire before its event begins
    and send a new one meanwhile.
    """
    return info.onset if info.onset is not None and info.onset > now else None
