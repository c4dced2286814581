"""Derives the rules and the territory of one source of alerts from its settings; called by worker, desk and setup.

A territory is a list of texts: a code as in ``codes`` of an area ("VN", "VN-66"), the code of another country ("LA"),
or an outline as CAP writes it, points "latitude,longitude" divided by blanks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import NamedTuple

from server.core.alerts.codes import code_in
from server.core.alerts.document import Ring
from server.core.alerts.rules import AlertRules
from server.core.geography.codes import ISO
from server.core.model import AlertSettings

_OUTLINE = re.compile(r"-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?(?:\s+-?\d+(?:\.\d+)?,-?\d+(?:\.\d+)?)*")

_COUNTRY = re.compile(r"[A-Z]{2}")


class TerritoryParts(NamedTuple):
    """The territory of a source as rings (``outlines``) and codes; both empty: its alerts may lie everywhere.

    ``readable`` is False if a territory is set but no part of it can be understood.
    """

    outlines: tuple[Ring, ...] = ()
    codes: tuple[str, ...] = ()
    readable: bool = True


def rules_for(settings: AlertSettings | None, common: AlertRules) -> AlertRules:
    """Returns ``common`` with the settings of one source; ``settings`` None stands for the default settings."""
    own = settings or AlertSettings()
    return replace(
        common,
        alerts=own.alerts,
        index=own.index,
        certificate=bool(own.certificate),
        exercises=own.exercises,
        language=own.language,
        languages=own.languages,
        geometry_first=own.geometry_first,
        risk_parameter=own.risk_parameter,
        default_area=own.default_area,
        web_hosts=own.web_hosts,
    )


def territory_part(text: str) -> str | Ring:
    """Reads one text of a territory: returns the text of a code that `code_in` reads, or a closed outline.

    Raises ValueError with a Vietnamese sentence.
    """
    outline = text.strip()
    if _COUNTRY.fullmatch(outline):
        return f"{ISO}:{outline}"
    if not _OUTLINE.fullmatch(outline):
        code_in(text)
        return text
    points = [(float(lat), float(lon)) for lat, _, lon in (pair.partition(",") for pair in outline.split())]
    if points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4 or any(abs(lat) > 90 or abs(lon) > 180 for lat, lon in points):
        raise ValueError("Đường bao cần ít nhất ba điểm «vĩ độ,kinh độ» có thật.")
    return tuple(points)


def territory_parts(settings: AlertSettings | None) -> TerritoryParts:
    """Returns the territory of a source, without texts that cannot be understood."""
    outlines: list[Ring] = []
    codes: list[str] = []
    texts = settings.territory if settings else ()
    for text in texts:
        try:
            part = territory_part(text)
        except ValueError:
            continue
        if isinstance(part, str):
            codes.append(part)
        else:
            outlines.append(part)
    return TerritoryParts(tuple(outlines), tuple(codes), readable=not texts or bool(outlines or codes))
