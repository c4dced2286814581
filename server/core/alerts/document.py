"""Values of an alert as its source published it, whatever the version of CAP; made by the worker, read by the rules.

All instants are aware datetimes in UTC. Texts are plain, in NFC, with the document's own lines and blanks.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal, NamedTuple

Kind = Literal["Alert", "Update", "Cancel", "Ack", "Error"]
Signature = Literal["unsigned", "unchecked", "valid", "weak", "broken", "missing"]
"""``unsigned``, ``unchecked``: the source has no certificate. With one: ``valid``, ``weak`` (its algorithm is not
accepted), ``broken``, or ``missing`` (no signature by the source's key)."""
Point = tuple[float, float]
"""Latitude and longitude in degrees (WGS 84)."""
Ring = tuple[Point, ...]


class Circle(NamedTuple):
    """A circle on the sphere: its centre in degrees, its radius in kilometres; radius 0 means a point (`places`)."""

    lat: float
    lon: float
    km: float


class Geocode(NamedTuple):
    """A code of an area: ``scheme`` is CAP's valueName ("ISO 3166-2"), ``value`` the code ("VN-66")."""

    scheme: str
    value: str


@dataclass(frozen=True, slots=True)
class AlertArea:
    """One ``area`` of an info. Its place is the union of polygons, circles and codes (CAP 1.2, 3.2.4).

    ``polygons`` are rings as they were read: not necessarily closed, in range or simple (`outlines` checks that).
    """

    description: str = ""
    polygons: tuple[Ring, ...] = ()
    circles: tuple[Circle, ...] = ()
    codes: tuple[Geocode, ...] = ()


@dataclass(frozen=True, slots=True)
class Resource:
    """A file that an info names; ``digest`` is its SHA-1 in hex, ``size`` in bytes (None: unknown)."""

    description: str = ""
    type: str = ""
    uri: str = ""
    size: int | None = None
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Info:
    """One ``info`` element: an event for some areas in one language. Values that are not stated are empty or None."""

    language: str = ""
    categories: tuple[str, ...] = ()
    event: str = ""
    responses: tuple[str, ...] = ()
    urgency: str = ""
    severity: str = ""
    certainty: str = ""
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str = ""
    headline: str = ""
    description: str = ""
    instruction: str = ""
    web: str = ""
    parameters: tuple[tuple[str, str], ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[AlertArea, ...] = ()


@dataclass(frozen=True, slots=True)
class Reference:
    """A document's reference to an earlier one; ``sent`` is None if its time could not be read."""

    sender: str
    identifier: str
    sent: datetime | None = None


class Key(NamedTuple):
    """Identifies a document. Another one that differs only in a later ``sent`` replaces it."""

    source: str
    sender: str
    identifier: str
    sent: datetime


@dataclass(frozen=True, slots=True)
class Alert:
    """One document of the source ``source`` (a slug); ``received`` is when it first arrived.

    ``draft_only``: something in it was so odd that an editor has to decide (foreign namespace, no sender …); the
    worker then fills in what is missing, so that ``identifier`` and ``sent`` always have a value. ``notes`` are
    Vietnamese sentences on what was odd.
    """

    source: str
    sender: str
    identifier: str
    sent: datetime
    received: datetime
    status: str = "Actual"
    kind: Kind = "Alert"
    scope: str = "Public"
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()
    note: str = ""
    signature: Signature = "unsigned"
    draft_only: bool = False
    notes: tuple[str, ...] = ()

    @property
    def key(self) -> Key:
        """The key that identifies this document."""
        return Key(self.source, self.sender, self.identifier, self.sent)
