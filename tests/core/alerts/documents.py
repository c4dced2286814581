"""Builders of documents for the tests of alerts: a storm warning of the centre, in force from NOW for three hours."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.core.alerts.document import Alert, AlertArea, Geocode, Info, Key, Reference
from server.core.alerts.rules import AlertRules
from server.core.alerts.state import AlertState
from tests.cast import HOUR, MINUTE, NOW

CENTRE = "canh-bao@khituong.example"
LIVE = AlertRules(alerts="live")
DRAFT = AlertRules(alerts="draft")
SIGNED = AlertRules(alerts="live", certificate=True)
PROVINCE = AlertArea("Tỉnh Hưng Yên", codes=(Geocode("ISO 3166-2", "VN-66"),))
STORM = Info(
    language="vi-VN",
    categories=("Met",),
    event="Tin bão khẩn cấp",
    responses=("Prepare",),
    urgency="Expected",
    severity="Severe",
    certainty="Likely",
    expires=NOW + 3 * HOUR,
    sender_name="Trung tâm Dự báo khí tượng thủy văn",
    headline="Bão số 3 vào Hưng Yên",
    instruction="Ở yên trong nhà.",
    areas=(PROVINCE,),
)
ALL_CLEAR = replace(
    STORM, responses=("AllClear",), urgency="Past", headline="Bão đã tan", expires=NOW + 8 * HOUR, instruction=""
)


def info(**values: Any) -> Info:
    """The storm's info with some other values."""
    return replace(STORM, **values)


def alert(identifier: str = "bao-1", at: timedelta = 0 * HOUR, **values: Any) -> Alert:
    """A document that was sent ``at`` after NOW and arrived a minute later; other fields by name."""
    sent = NOW + at
    base = Alert("nchmf", CENTRE, identifier, sent, sent + MINUTE, infos=(replace(STORM, expires=sent + 3 * HOUR),))
    return replace(base, **values)


def names(*alerts: Alert) -> tuple[Reference, ...]:
    """References to these documents."""
    return tuple(Reference(one.sender, one.identifier, one.sent) for one in alerts)


def update(identifier: str, at: timedelta, of: Sequence[Alert], **values: Any) -> Alert:
    """An Update of these documents."""
    return alert(identifier, at, kind="Update", references=names(*of), **values)


def cancel(identifier: str, at: timedelta, of: Sequence[Alert], **values: Any) -> Alert:
    """A Cancel of these documents, without an info unless one is given."""
    return alert(identifier, at, **{"kind": "Cancel", "references": names(*of), "infos": (), **values})


STORM_1 = alert("bao-1")
STORM_2 = update("bao-2", HOUR, [STORM_1])
STORM_3 = update("bao-3", 2 * HOUR, [STORM_2])


def in_force(state: AlertState) -> list[str]:
    """The identifiers of what is shown, in the order of sending."""
    return [one.alert.identifier for one in state.in_force]


def ended(state: AlertState) -> dict[str, str]:
    """Identifier -> why it is over."""
    return {one.alert.identifier: one.reason for one in state.ended}


def drafts(state: AlertState) -> dict[str, tuple[str, ...]]:
    """Identifier -> why an editor has to decide."""
    return {one.alert.identifier: one.reasons for one in state.drafts}


def summary(state: AlertState) -> tuple[object, ...]:
    """What must not depend on the order of arrival: everything but the times of arrival."""

    def key(one: Key) -> tuple[str, str, datetime]:
        return (one.source, one.identifier, one.sent)

    return (
        [key(one.alert.key) for one in state.in_force],
        [key(one.alert.key) for one in state.waiting],
        [(key(one.alert.key), one.reasons) for one in state.drafts],
        [(key(one.alert.key), one.reason, one.at, one.by) for one in state.ended],
        {key(one.key) for one in state.ignored},
        state.questions,
        set(state.notes),
    )


def arrived(alerts: Iterable[Alert], start: datetime = NOW + 20 * HOUR) -> list[Alert]:
    """The documents as if they had arrived in this order, a second apart, from ``start`` on."""
    return [replace(one, received=start + timedelta(seconds=n)) for n, one in enumerate(alerts)]
