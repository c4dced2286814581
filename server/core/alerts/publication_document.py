"""Writes a `Step` of `publication` as a CAP 1.2 document; called by content.alert_publication and publication_feed.

The elements are in the order of the standard's schema. The document is written once and its bytes are stored.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from xml.etree import ElementTree as ET
from zoneinfo import ZoneInfo

from server.core.alerts.publication import CLEAR_LASTS, Content, Published, Step
from server.core.alerts.threats import Grade, grade_of
from server.core.geography.codes import split_code
from server.core.text_input import cleaned

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
RISK_PARAMETER = "QD18-2021-QD-TTg"
"""The name of the parameter with the risk level, 1 to 5; neighbours set it as ``risk_parameter`` of their source."""
FALLBACK_EVENT = "Việc khẩn"

_URN = "urn:uuid:"
_CATEGORIES: Mapping[str, str] = {
    "Bão": "Met", "Lũ": "Met", "Ngập lụt": "Met", "Mưa lớn": "Met", "Dông, lốc, sét, mưa đá": "Met",
    "Nước dâng, triều cường": "Met", "Gió mạnh trên biển": "Met", "Nắng nóng": "Met", "Rét hại, sương muối": "Met",
    "Hạn hán, xâm nhập mặn": "Met", "Lũ quét, sạt lở đất": "Geo", "Động đất, sóng thần": "Geo", "Cháy, nổ": "Fire",
    "Sự cố đê điều": "Infra", "Sự cố hóa chất, khí độc": "CBRNE", "Dịch bệnh": "Health",
    "Nước sinh hoạt không an toàn": "Health",
}  # fmt: skip
_NOT_XML = {0xFFFE: None, 0xFFFF: None}  # two characters that XML forbids and `cleaned` leaves
_LANGUAGES = {"": "vi-VN", "vi": "vi-VN"}


@dataclass(frozen=True, slots=True)
class Place:
    """An area as a document names it: ``codes`` as in `Area`, ``rings`` as closed rings of (latitude, longitude)."""

    name: str
    codes: tuple[str, ...] = ()
    rings: tuple[tuple[tuple[float, float], ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Head:
    """The parts of a document that its `Step` does not contain.

    ``identifier`` is a UUID; ``places`` are the areas of the content, in order; ``web`` is the address of a public
    page, "" for none; times are written in ``zone``.
    """

    identifier: str
    sender: str
    sent: datetime
    places: tuple[Place, ...]
    web: str
    zone: ZoneInfo


def urn(identifier: str) -> str:
    """Returns the UUID ``identifier`` as a URN, the form in which documents and feeds write it."""
    return f"{_URN}{identifier}"


def stamp(at: datetime, zone: ZoneInfo) -> str:
    """Returns a time as CAP 1.2 writes it: whole seconds and an offset from UTC, never Z."""
    text = at.astimezone(zone).replace(microsecond=0).isoformat()
    return f"{text[:-6]}-00:00" if text.endswith("+00:00") else text


def ends_of(step: Step, sent: datetime) -> datetime:
    """Returns when the document of ``step``, sent at ``sent``, stops being valid."""
    return sent + CLEAR_LASTS if step.kind == "Cancel" else step.content.until


def render(step: Step, head: Head) -> bytes:
    """Returns the document as XML in UTF-8, without a signature."""
    alert = ET.Element("alert", {"xmlns": NAMESPACE})
    _add(alert, "identifier", urn(head.identifier))
    _add(alert, "sender", head.sender)
    _add(alert, "sent", stamp(head.sent, head.zone))
    _add(alert, "status", "Exercise" if step.content.exercise else "Actual")
    _add(alert, "msgType", step.kind)
    _add(alert, "scope", "Public")
    if step.content.exercise:
        _add(alert, "note", "Diễn tập, không phải cảnh báo thật")
    if step.before:
        _add(alert, "references", _references(step.before, head.zone))
    _info(alert, step, head)
    ET.indent(alert)
    written: bytes = ET.tostring(alert, encoding="utf-8", xml_declaration=True)
    return written


def _references(before: Sequence[Published], zone: ZoneInfo) -> str:
    return " ".join(f"{one.sender},{urn(one.identifier)},{stamp(one.sent, zone)}" for one in before)


def _info(alert: ET.Element, step: Step, head: Head) -> None:
    content, cleared = step.content, step.kind == "Cancel"
    grade = grade_of(content.threat, content.level, content.danger, content.risk)
    if cleared:
        grade = Grade("Past", "Minor", "Observed")
    info = ET.SubElement(alert, "info")
    _add(info, "language", _LANGUAGES.get(content.language, content.language))
    _add(info, "category", _CATEGORIES.get(content.danger, "Other"))
    _add(info, "event", xml_text(content.danger) or FALLBACK_EVENT)
    if cleared:
        _add(info, "responseType", "AllClear")
    _add(info, "urgency", grade.urgency)
    _add(info, "severity", grade.severity)
    _add(info, "certainty", grade.certainty)
    _add(info, "effective", stamp(head.sent if cleared else content.issued, head.zone))
    _add(info, "expires", stamp(ends_of(step, head.sent), head.zone))
    _add(info, "senderName", content.sender)
    _texts(info, content, head, cleared=cleared)
    _add(info, "web", head.web)
    if content.risk and not cleared:
        _pair(info, "parameter", RISK_PARAMETER, str(content.risk))
    for place in head.places:
        _area(info, place)


def _texts(info: ET.Element, content: Content, head: Head, *, cleared: bool) -> None:
    if cleared:
        _add(info, "headline", f"Đã hết hiệu lực: {content.headline}")
        return
    until = content.until.astimezone(head.zone)
    _add(info, "headline", content.headline)
    _add(info, "description", f"{content.headline}\nCó hiệu lực đến {until:%H:%M ngày %d/%m/%Y}.")
    _add(info, "instruction", "\n".join(content.acts))


def _area(info: ET.Element, place: Place) -> None:
    area = ET.SubElement(info, "area")
    _add(area, "areaDesc", place.name)
    for ring in place.rings:
        _add(area, "polygon", " ".join(f"{latitude:.6f},{longitude:.6f}" for latitude, longitude in ring))
    for code in place.codes:
        try:
            scheme, value = split_code(xml_text(code))
        except ValueError:
            continue  # a damaged code of one area must not keep back the warning
        _pair(area, "geocode", scheme, value)


def xml_text(text: str) -> str:
    """Returns ``text`` without characters that XML forbids and without white space at its ends."""
    return cleaned(text).translate(_NOT_XML).strip()


def _pair(parent: ET.Element, tag: str, name: str, value: str) -> None:
    pair = ET.SubElement(parent, tag)
    _add(pair, "valueName", name)
    _add(pair, "value", value)


def _add(parent: ET.Element, tag: str, text: str) -> None:
    """Adds an element ``tag`` with ``text`` to ``parent``; adds nothing if the text is empty."""
    text = xml_text(text)
    if text:
        ET.SubElement(parent, tag).text = text
