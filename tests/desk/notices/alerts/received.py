"""Puts alerts into an office's store as the worker does; used by the tests of alerts at the desk."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from server.core.alerts.document import Alert, AlertArea
from server.core.model import AlertSettings, Source
from server.store.alerts import alerts, documents, polls
from server.store.alerts.alerts import AlertRow
from server.store.alerts.documents import Received
from server.store.sources import sources
from server.worker.harvest.alert_reconciler import AlertReconciler
from tests.cast import MINUTE
from tests.core.alerts.documents import LIVE
from tests.desk.office import Office

CENTRE = Source("nchmf", "Trung tâm khí tượng", "cap", "https://khituong.example.vn/cap.xml", area="tinh")
NOWHERE = (AlertArea("Cả nước"),)


def use_source(office: Office, **settings: Any) -> Source:
    """Adds the centre as a source of alerts with these settings; live unless they say otherwise."""
    changes = {name: settings.pop(name) for name in ("slug", "name", "area") if name in settings}
    source = replace(CENTRE, cap=AlertSettings(**{"alerts": "live", **settings}), **changes)
    return sources.save(office.db, source, actor="os:root", now=office.now)


def receive(office: Office, *found: Alert) -> list[int]:
    """Stores documents that arrive now, and reconciles; returns their numbers."""
    made: list[int] = []
    for one in found:
        alert = replace(one, received=office.now)
        received = Received(
            alert, f"{alert.identifier} {alert.sent}", "https://khituong.example.vn/1.cap", b"<alert/>"
        )
        made += documents.save(office.db, alert.source, [received])
    reconcile(office)
    return made


def reconcile(office: Office) -> None:
    """What the worker does within a second after something changed."""
    reconciler = AlertReconciler(office.db, office.clock, office.config.alert_rules())
    for source in sources.all(office.db):
        if source.kind == "cap":
            reconciler.reconcile(source.slug)


def heard(office: Office, source: str = "nchmf") -> None:
    """Stores that the source was polled successfully now; nothing is fetched."""
    polls.good(office.db, source, office.now, LIVE, listed=[], cut=False, unchanged=False)


def unheard(office: Office, reason: str, source: str = "nchmf") -> None:
    """Stores that a poll of the source failed now, for ``reason``; nothing is fetched."""
    polls.failed(office.db, source, reason, office.now)


def row(office: Office, document: int) -> AlertRow:
    """What the store says of a document."""
    return alerts.get(office.db, document)


def arrived_late(office: Office, minutes: int = 11) -> None:
    """Lets time pass until a source counts as silent."""
    office.now += minutes * MINUTE
