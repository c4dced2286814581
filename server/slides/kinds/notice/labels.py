"""The fixed words on the slides of notices, Vietnamese and English; called by the notice kind.

A notice in any other language has the English ones. An exercise is marked by "DIỄN TẬP" in every language.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from server.core.model import Level
from server.slides.layout.space import CAPTION


@dataclass(frozen=True, slots=True)
class Labels:
    """The fixed words of notices in one language.

    A notice's tag is one of ``tags``, by its level; after its end it is ``over``, and for a notice that says that a
    danger is over it is ``calm``. In a narrow line ``brief_urgent`` stands for the tag of the level "urgent", and
    ``brief_over`` for ``over`` and ``calm``. ``valid`` stands before the end of an editor's notice, ``in_force``
    before the end of an alert, ``risk`` and ``brief_risk`` before the number of the risk level. ``scan`` is the
    caption of a QR code.
    """

    tags: Mapping[Level, str]
    brief_urgent: str
    over: str
    calm: str
    brief_over: str
    issued: str
    valid: str
    in_force: str
    day: str
    risk: str
    brief_risk: str
    scan: str


VIETNAMESE = Labels(
    tags={"urgent": "KHẨN CẤP", "priority": "ƯU TIÊN", "normal": "THÔNG BÁO"},
    brief_urgent="KHẨN",
    over="ĐÃ HẾT HIỆU LỰC",
    calm="HẾT CẢNH BÁO",
    brief_over="ĐÃ HẾT",
    issued="Ban hành",
    valid="Hiệu lực đến",
    in_force="Có hiệu lực đến",
    day=" ngày ",
    risk="rủi ro thiên tai cấp",
    brief_risk="rủi ro cấp",
    scan=CAPTION,
)
ENGLISH = Labels(
    tags={"urgent": "URGENT", "priority": "IMPORTANT", "normal": "NOTICE"},
    brief_urgent="URGENT",
    over="NO LONGER IN FORCE",
    calm="ALL CLEAR",
    brief_over="OVER",
    issued="Issued",
    valid="Valid until",
    in_force="In force until",
    day=" on ",
    risk="disaster risk level",
    brief_risk="risk level",
    scan="Scan for the full text",
)


def labels_of(language: str) -> Labels:
    """The labels for a notice in this language, a code such as "vi-VN"; "" means Vietnamese, as on the boards."""
    return VIETNAMESE if language.casefold().partition("-")[0] in ("", "vi") else ENGLISH
