"""Urgency, severity and certainty: the editor's choice, else what makes readers show the notice as here."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.alerts.threats import GRADES, Grade, grade_of, threat_of
from server.core.model import Level
from server.core.notices.hazards import HAZARDS
from tests.cast import notice

SEVERITIES = ("Minor", "Moderate", "Severe", "Extreme")
LEVELS: tuple[Level, ...] = ("urgent", "priority")


def is_urgent(grade: Grade) -> bool:
    """The rule by which a reader covers the whole glass."""
    return (
        grade.severity in ("Severe", "Extreme")
        and grade.urgency in ("Immediate", "Expected")
        and grade.certainty in ("Observed", "Likely")
    )


@given(st.sampled_from(LEVELS), st.sampled_from([hazard.name for hazard in HAZARDS]), st.integers(0, 5))
def test_without_a_choice_readers_give_a_notice_the_level_that_it_has_here(
    level: Level, danger: str, risk: int
) -> None:
    assert is_urgent(grade_of("", level, danger, risk)) == (level == "urgent")


@pytest.mark.parametrize("threat", GRADES)
def test_the_choice_of_the_editor_counts_whatever_level_and_risk_are(threat: str) -> None:
    assert {grade_of(threat, level, "Bão", risk) for level in LEVELS for risk in (0, 5)} == {GRADES[threat]}


def test_a_high_risk_is_extreme_and_what_strikes_without_warning_happens_now() -> None:
    assert grade_of("", "urgent", "Bão", 4) == Grade("Expected", "Extreme", "Likely")
    assert grade_of("", "urgent", "Bão", 3) == Grade("Expected", "Severe", "Likely")
    assert grade_of("", "urgent", "Cháy, nổ", 0) == Grade("Immediate", "Severe", "Observed")


def test_an_unknown_choice_counts_as_none() -> None:
    assert grade_of("khong-co", "urgent", "Bão", 0) == grade_of("", "urgent", "Bão", 0)


@given(st.sampled_from(["", *GRADES]), st.sampled_from(LEVELS), st.integers(0, 5))
def test_boards_order_notices_by_the_severity_that_is_published(threat: str, level: Level, risk: int) -> None:
    severity = SEVERITIES.index(grade_of(threat, level, "Bão", risk).severity)
    gravity = notice(threat=threat, level=level, risk=risk).gravity
    assert gravity == severity or (gravity > severity and risk >= 4), (
        "a high level of risk is never less than it says"
    )


@pytest.mark.parametrize(
    ("severity", "urgency", "threat"),
    [
        ("Extreme", "Immediate", "now-extreme"),
        ("extreme", "Unknown", "soon-extreme"),
        ("Severe", "Immediate", "now-severe"),
        ("Severe", "Expected", "soon-severe"),
        ("Severe", "Future", "later-severe"),
        ("Moderate", "Immediate", "moderate"),
        ("Minor", "", "minor"),
        ("Unknown", "Immediate", ""),
    ],
)
def test_the_words_of_a_received_alert_are_kept(severity: str, urgency: str, threat: str) -> None:
    assert threat_of(severity, urgency) == threat
    assert threat in {"", *GRADES}
