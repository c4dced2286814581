"""The column type of the outcome of a trial of a source; used by tables.sources only."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Any

from server.core.model import PageRules
from server.core.sources.trials import (
    Outcome,
    TrialAlert,
    TrialAlerts,
    TrialEntry,
    TrialLink,
    TrialReading,
    TrialServer,
    TrialStep,
)
from server.store.tables.columns import Packed

_ALERT_TIMES = ("sent", "since", "until")


def _unpack_alerts(stored: dict[str, Any]) -> TrialAlerts:
    found = []
    for one in stored["alerts"]:
        times = {name: datetime.fromisoformat(one[name]) for name in _ALERT_TIMES}
        lists = {name: tuple(one[name]) for name in ("boards", "notes")}
        found.append(TrialAlert(**{**one, **times, **lists}))
    return TrialAlerts(**{**stored, "alerts": tuple(found)})


def _pack_outcome(found: Outcome) -> dict[str, Any]:
    packed = asdict(found)
    for reading in (packed["feed"], *packed["lists"]):
        for entry in reading["entries"] if reading else ():
            entry["published"] = entry["published"].isoformat() if entry["published"] else None
    for alert in packed["alerts"]["alerts"] if packed["alerts"] else ():
        alert.update({name: alert[name].isoformat() for name in _ALERT_TIMES})
    return packed


def _unpack_outcome(stored: dict[str, Any]) -> Outcome:
    return Outcome(
        address=stored["address"],
        complete=stored["complete"],
        problem=stored["problem"],
        steps=tuple(TrialStep(**one) for one in stored["steps"]),
        title=stored["title"],
        feed=_unpack_reading(stored["feed"]) if stored["feed"] else None,
        feeds=tuple(TrialLink(**one) for one in stored["feeds"]),
        lists=tuple(_unpack_reading(one) for one in stored["lists"]),
        alerts=_unpack_alerts(stored["alerts"]) if stored.get("alerts") else None,
        server=_unpack_server(stored["server"]) if stored.get("server") else None,
    )


def _unpack_server(stored: dict[str, Any]) -> TrialServer:
    return TrialServer(stored["name"], stored["version"], tuple(stored["areas"]))


def _unpack_reading(stored: dict[str, Any]) -> TrialReading:
    entries = tuple(
        TrialEntry(
            one["title"],
            datetime.fromisoformat(one["published"]) if one["published"] else None,
            one["image"],
            one["link"],
            tuple(one["notes"]),
        )
        for one in stored["entries"]
    )
    selectors = PageRules(**stored["selectors"]) if stored["selectors"] else None
    return TrialReading(stored["title"], stored["count"], entries, selectors)


outcome = Packed(_pack_outcome, _unpack_outcome)
