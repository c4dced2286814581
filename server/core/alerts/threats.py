"""Urgency, severity and certainty of a notice as CAP names them; called by `publication_document` and `wanted`.

The editor chooses one of a few combinations (`GRADES`) in plain words, because three lists of English words cannot be
filled in under pressure. Without a choice, level, hazard and risk level decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from server.core.model import Level

Urgency = Literal["Immediate", "Expected", "Future", "Past"]
Severity = Literal["Extreme", "Severe", "Moderate", "Minor"]
Certainty = Literal["Observed", "Likely", "Possible"]


@dataclass(frozen=True, slots=True)
class Grade:
    """Urgency, severity and certainty in the words of CAP 1.2."""

    urgency: Urgency
    severity: Severity
    certainty: Certainty


GRADES: Mapping[str, Grade] = {
    "now-extreme": Grade("Immediate", "Extreme", "Observed"),
    "now-severe": Grade("Immediate", "Severe", "Observed"),
    "soon-extreme": Grade("Expected", "Extreme", "Likely"),
    "soon-severe": Grade("Expected", "Severe", "Likely"),
    "later-severe": Grade("Future", "Severe", "Possible"),
    "moderate": Grade("Expected", "Moderate", "Likely"),
    "minor": Grade("Future", "Minor", "Possible"),
}
_HIGHEST_RISK = 4
"""From this risk level of Decision 18/2021/QĐ-TTg on ("rất lớn"), many lives are in danger."""
# Hazards that have struck already when somebody warns of them.
_HAPPENING = frozenset({"Sự cố đê điều", "Động đất, sóng thần", "Cháy, nổ", "Sự cố hóa chất, khí độc"})


def threat_of(severity: str, urgency: str) -> str:
    """Returns the key of `GRADES` that comes nearest to the words of a received alert; "" for an unknown severity."""
    grave, near = severity.casefold(), urgency.casefold()
    if grave == "extreme":
        return "now-extreme" if near == "immediate" else "soon-extreme"
    if grave == "severe":
        return {"immediate": "now-severe", "expected": "soon-severe"}.get(near, "later-severe")
    return grave if grave in ("moderate", "minor") else ""


def grade_of(threat: str, level: Level, danger: str, risk: int) -> Grade:
    """Returns CAP's three words for a notice with these fields; a ``threat`` that is not in `GRADES` counts as none.

    Without a ``threat`` the words are such that a server which reads the document gives it the level of the notice
    again: urgent notices are at least severe and expected, others are later-severe or moderate.
    """
    chosen = GRADES.get(threat)
    if chosen is not None:
        return chosen
    if level != "urgent":
        return GRADES["later-severe"] if risk >= _HIGHEST_RISK else GRADES["moderate"]
    if danger in _HAPPENING:
        return GRADES["now-extreme"] if risk >= _HIGHEST_RISK else GRADES["now-severe"]
    return GRADES["soon-extreme"] if risk >= _HIGHEST_RISK else GRADES["soon-severe"]
