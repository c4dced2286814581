"""Chooses the pictures of an alert to fetch and says why others are not; called by worker.harvest.alert_pictures."""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass

from server.core.alerts.document import Info, Resource
from server.core.alerts.texts import one_line

MOST_PICTURES = 3
"""How many pictures of one info are shown."""
_SHA1 = re.compile(r"[0-9a-f]{40}")
_ADDRESS_SHOWN = 200


@dataclass(frozen=True, slots=True)
class AlertPicture:
    """A picture to fetch from ``address`` (https); ``digest`` is its SHA-1 in 40 hex digits, "" if none is given."""

    address: str
    digest: str = ""
    alt: str = ""


def pictures_of(info: Info) -> tuple[tuple[AlertPicture, ...], tuple[str, ...]]:
    """Returns (the pictures of an info to fetch, each once; Vietnamese sentences on those that are not fetched).

    At most `MOST_PICTURES` are fetched. A picture that the document itself contains (``derefUri``) is not read.
    """
    found: dict[tuple[str, str], AlertPicture] = {}
    notes: dict[str, None] = {}
    for one in info.resources:
        if not one.type.startswith("image/"):
            continue
        wrong = _wrong(one)
        if wrong:
            notes[wrong] = None
            continue
        picture = AlertPicture(one.uri, one.digest.lower(), one_line(one.description))
        if (picture.address, picture.digest) in found or len(found) < MOST_PICTURES:
            found.setdefault((picture.address, picture.digest), picture)
        else:
            notes[f"Cảnh báo có hơn {MOST_PICTURES} ảnh; chỉ chiếu {MOST_PICTURES} ảnh đầu."] = None
    return tuple(found.values()), tuple(notes)


def _wrong(one: Resource) -> str:
    if not one.uri:
        return "Có ảnh không ghi địa chỉ nên không tải về được."
    if not one.uri.startswith("https://"):
        return not_shown(one.uri, "Địa chỉ ảnh không phải là https.")
    if one.digest and not _SHA1.fullmatch(one.digest.lower()):
        return not_shown(one.uri, "Mã băm ghi trong cảnh báo không phải là SHA-1 nên không kiểm tra được ảnh.")
    return ""


def not_shown(address: str, reason: str) -> str:
    """Returns the Vietnamese sentence that the picture at ``address`` is not shown, followed by ``reason``."""
    return f"Ảnh «{address[:_ADDRESS_SHOWN]}» không chiếu được: {reason}"


def is_that(body: bytes, digest: str) -> bool:
    """True if ``body`` has the SHA-1 ``digest`` (hex digits, as CAP has it), or if ``digest`` is empty."""
    return not digest or hashlib.sha1(body, usedforsecurity=False).hexdigest() == digest
