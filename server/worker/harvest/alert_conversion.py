"""Converts CAP alerts from the types of feeds to the types of core.alerts; called by alert_intake and alert_trial.

If a document lacks a value that the rules need, such as the time of sending, the value is filled in (the time of
arrival) in the same way at each reading. Such a document becomes a draft that an editor has to approve.
"""

from __future__ import annotations

import hashlib
from datetime import datetime

from feeds.formats.cap.document import CapAlert, CapArea, CapInfo, CapReference
from server.core.alerts.document import Alert, AlertArea, Circle, Geocode, Info, Kind, Reference, Resource
from server.core.times import readable

_KINDS: dict[str, Kind] = {"Alert": "Alert", "Update": "Update", "Cancel": "Cancel", "Ack": "Ack", "Error": "Error"}
ODD_TIME = "Có giờ nằm ngoài các năm có thể; giờ ấy không được dùng."


def digest_of(found: CapAlert) -> str:
    """Returns a hash of everything that was read from a document, 32 hex digits; equal documents have equal hashes.

    The result of the signature's check counts too: the same text with a valid signature has another hash.
    """
    return hashlib.sha256(repr(found).encode("utf-8", "surrogatepass")).hexdigest()[:32]


def alert_of(found: CapAlert, source: str, received: datetime) -> Alert:
    """Converts ``found``, a document of ``source`` (a slug) that arrived at ``received``."""
    sent = found.sent if found.sent is not None and readable(found.sent) else None
    kind = _KINDS.get(found.kind)
    odd = sent is None or kind is None or not found.identifier
    infos = tuple(_info(one) for one in found.infos)
    lost = sent is None and found.sent is not None
    lost = lost or any(
        given and not kept for one, info in zip(found.infos, infos, strict=True) for given, kept in _times(one, info)
    )
    return Alert(
        source=source,
        sender=found.sender,
        identifier=found.identifier or f"sha256:{digest_of(found)}",
        sent=sent or received,
        received=received,
        status=found.status,
        kind=kind or "Alert",
        scope=found.scope,
        references=tuple(_reference(one) for one in found.references),
        incidents=found.incidents,
        infos=infos,
        note=found.note,
        signature=found.signature,
        draft_only=found.draft_only or odd,
        notes=(*found.notes, ODD_TIME) if lost else found.notes,
    )


def _times(found: CapInfo, info: Info) -> tuple[tuple[datetime | None, datetime | None], ...]:
    return ((found.effective, info.effective), (found.onset, info.onset), (found.expires, info.expires))


def _reference(found: CapReference) -> Reference:
    return Reference(found.sender, found.identifier, _time(found.sent))


def _time(found: datetime | None) -> datetime | None:
    return found if found is not None and readable(found) else None


def _info(found: CapInfo) -> Info:
    return Info(
        language=found.language,
        categories=found.categories,
        event=found.event,
        responses=found.responses,
        urgency=found.urgency,
        severity=found.severity,
        certainty=found.certainty,
        effective=_time(found.effective),
        onset=_time(found.onset),
        expires=_time(found.expires),
        sender_name=found.sender_name,
        headline=found.headline,
        description=found.description,
        instruction=found.instruction,
        web=found.web,
        parameters=found.parameters,
        resources=tuple(
            Resource(one.description, one.mime, one.uri, one.size, one.digest) for one in found.resources
        ),
        areas=tuple(_area(one) for one in found.areas),
    )


def _area(found: CapArea) -> AlertArea:
    return AlertArea(
        description=found.description,
        polygons=found.polygons,
        circles=tuple(Circle(*one) for one in found.circles),
        codes=tuple(Geocode(*one) for one in found.codes),
    )
