"""The sources of alerts that a keeper can add by one button; called by the view of new sources.

None of them is read before somebody adds it. None of their addresses has been tested yet, which the page says.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from flask_babel import lazy_gettext

_HOST = re.compile(r"(?:https?://)?([a-z0-9.-]+(?::\d{1,5})?)/?", re.I)
_AREA = re.compile(r"[a-z0-9-]{1,60}")


@dataclass(frozen=True, slots=True)
class Preset:
    """A source of alerts that the page offers: its name, what it warns of, and its address."""

    name: object
    about: object
    address: str


PRESETS: tuple[Preset, ...] = (
    Preset(
        lazy_gettext("Trung tâm Dự báo khí tượng thủy văn quốc gia (NCHMF)"),
        lazy_gettext("Cảnh báo chính thức của Việt Nam: bão, mưa lớn, lũ, nắng nóng, rét."),
        "https://smartalert.nchmf.gov.vn/smartalert/capfeed.php",
    ),
    Preset(
        "GDACS",
        lazy_gettext("Hệ thống cảnh báo thảm họa toàn cầu của Liên Hợp Quốc và Ủy ban châu Âu, bằng tiếng Anh."),
        "https://www.gdacs.org/xml/gdacs_cap.xml",
    ),
)


def neighbour_address(host: str, area: str) -> str:
    """Returns the address of the alerts that another Bảng Tin server publishes for an area; "" for invalid input.

    ``host`` is the server's host name, ``area`` the slug of the area there.
    """
    found = _HOST.fullmatch(host.strip())
    name = area.strip().casefold()
    if found is None or _AREA.fullmatch(name) is None:
        return ""
    return f"https://{found[1].casefold()}/areas/{name}/alerts.atom"
