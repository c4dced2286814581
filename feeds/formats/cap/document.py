"""The types for the content of a CAP document or of an index of such documents; made by alert, info and reader.

All times are aware UTC. All texts are plain, in NFC. Notes are Vietnamese sentences for an editor.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

DAMAGED = "Tài liệu cảnh báo bị hỏng hoặc bị cắt cụt nên không đọc được."
"""The message of the errors whose code is "broken"."""

Ring = tuple[tuple[float, float], ...]
"""A closed outline: (latitude, longitude) in degrees, the first point repeated at the end.

No longitude is beyond ±180 degrees. Between 179 and -179 an outline goes the short way, across the antimeridian.
"""

Signature = Literal["unsigned", "unchecked", "valid", "weak", "broken", "missing"]
"""Without a certificate of the source: "unsigned" or "unchecked". With one: "valid"; "weak" (valid, but
not by SHA-256, SHA-384 or SHA-512);
"broken" (there is a signature, but none is valid by the certificate); "missing" (there is none).
"""


@dataclass(frozen=True, slots=True)
class CapArea:
    """One area: outlines, circles as (latitude, longitude, kilometres), codes as (scheme, value).

    A circle of 0 kilometres is a single place. ``altitude`` and ``ceiling`` are feet above sea level.
    """

    description: str
    polygons: tuple[Ring, ...] = ()
    circles: tuple[tuple[float, float, float], ...] = ()
    codes: tuple[tuple[str, str], ...] = ()
    altitude: float | None = None
    ceiling: float | None = None


@dataclass(frozen=True, slots=True)
class CapResource:
    """One file that belongs to an alert, such as a picture. ``size`` is in bytes, None if it is not stated.

    ``uri`` is absolute if it could be resolved, else as written.
    """

    description: str
    mime: str
    uri: str
    digest: str
    size: int | None = None


@dataclass(frozen=True, slots=True)
class CapInfo:
    """One ``info`` element of an alert: its message in one language; ``language`` is "" if the element names none.

    A text is "" and a time None if the document has none. ``event_codes`` and ``parameters`` are (name, value).
    """

    language: str
    categories: tuple[str, ...]
    event: str
    responses: tuple[str, ...]
    urgency: str
    severity: str
    certainty: str
    audience: str
    event_codes: tuple[tuple[str, str], ...]
    effective: datetime | None
    onset: datetime | None
    expires: datetime | None
    sender_name: str
    headline: str
    description: str
    instruction: str
    web: str
    contact: str
    parameters: tuple[tuple[str, str], ...]
    resources: tuple[CapResource, ...]
    areas: tuple[CapArea, ...]


@dataclass(frozen=True, slots=True)
class CapReference:
    """Names an earlier alert that this alert replaces, ends or answers; ``sent`` is None if it cannot be read."""

    sender: str
    identifier: str
    sent: datetime | None


@dataclass(frozen=True, slots=True)
class CapAlert:
    """One alert; ``kind`` is its msgType. If ``draft_only``, an editor must approve it before it is shown.

    ``version`` is "1.0", "1.1", "1.2" or, for an unknown namespace, "".
    """

    identifier: str
    sender: str
    sent: datetime | None
    status: str
    kind: str
    source: str
    scope: str
    restriction: str
    addresses: tuple[str, ...]
    codes: tuple[str, ...]
    note: str
    references: tuple[CapReference, ...]
    incidents: tuple[str, ...]
    infos: tuple[CapInfo, ...]
    version: str
    signature: Signature
    draft_only: bool
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CapLink:
    """An entry of an index: the absolute ``address`` of a document, the entry's title, and when it was updated.

    ``fingerprint`` is a hash of the entry, so it changes whenever the entry does.
    """

    address: str
    title: str
    updated: datetime | None
    fingerprint: str


@dataclass(frozen=True, slots=True)
class CapIndex:
    """The content of one response: links to alerts (``entries``) and the alerts in it, the newest of each first.

    ``cut`` is True if there were more than are read, or a damaged alert: then an alert that is missing from this
    CapIndex may be in force.
    """

    entries: tuple[CapLink, ...] = ()
    alerts: tuple[CapAlert, ...] = ()
    cut: bool = False
    notes: tuple[str, ...] = ()
