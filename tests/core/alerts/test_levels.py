"""How strongly an info is shown, and how that changes in time."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core.alerts.document import Info
from server.core.alerts.levels import AlertLevel, Phase, grade_of, peak_of, phases_of
from tests.cast import DAY, HOUR, MINUTE, NOW
from tests.core.alerts.documents import ALL_CLEAR, LIVE, STORM, alert, info

SEVERITIES = ("Extreme", "Severe", "Moderate", "Minor", "Unknown", "")
URGENCIES = ("Immediate", "Expected", "Future", "Past", "Unknown", "")
CERTAINTIES = ("Observed", "Likely", "Possible", "Unlikely", "Unknown", "")
QUARTER = 15 * MINUTE


def phases(one: Info, **document: Any) -> tuple[Phase, ...]:
    return phases_of(alert(infos=(one,), **document), one, LIVE)


@pytest.mark.parametrize("severity", SEVERITIES)
@pytest.mark.parametrize("urgency", URGENCIES)
@pytest.mark.parametrize("certainty", CERTAINTIES)
def test_the_level_of_every_triple(severity: str, urgency: str, certainty: str) -> None:
    wanted: AlertLevel = "priority"
    if severity == "Minor" or urgency == "Past" or certainty == "Unlikely":
        wanted = "slide"
    elif severity in SEVERITIES[:2] and urgency in URGENCIES[:2] and certainty in CERTAINTIES[:2]:
        wanted = "urgent"
    one = info(severity=severity, urgency=urgency, certainty=certainty)
    assert grade_of(one, LIVE) == wanted
    assert grade_of(replace(one, responses=("Monitor", "AllClear")), LIVE) == "slide"


@pytest.mark.parametrize(
    ("parameter", "level"),
    [
        (("awareness_level", "1; green; Minor"), "slide"),
        (("AlertLevel", "Green"), "slide"),
        (("Colour Code", "xanh lá cây"), "slide"),
        (("awareness_level", "3; orange; Severe"), "urgent"),
        (("colour", "Greenland"), "urgent"),
        (("colour", "xanh dương nhạt"), "urgent"),
        (("note", "green"), "urgent"),
    ],
)
def test_green_is_a_slide_where_a_parameter_names_a_colour(parameter: tuple[str, str], level: AlertLevel) -> None:
    assert grade_of(info(parameters=(parameter,)), LIVE) == level


def test_which_words_make_which_level_is_a_choice() -> None:
    careful = replace(LIVE, urgent_severities=frozenset({"extreme"}))
    assert grade_of(STORM, careful) == "priority"


def test_an_urgent_alert_has_the_glass_for_a_quarter_of_an_hour_after_it_came() -> None:
    assert phases(info()) == (Phase(NOW, NOW + 3 * HOUR, "urgent", NOW + MINUTE + QUARTER),)


def test_the_glass_is_given_back_at_the_end_at_the_latest() -> None:
    assert phases(info(expires=NOW + 10 * MINUTE))[0].holds_until == NOW + 10 * MINUTE


def test_after_an_approval_the_quarter_counts_from_there() -> None:
    one = info()
    approved = phases_of(alert(infos=(one,)), one, LIVE, since=NOW + HOUR)
    assert approved[0].holds_until == NOW + HOUR + QUARTER


def test_extreme_and_immediate_has_the_glass_to_its_end() -> None:
    worst = info(severity="Extreme", urgency="Immediate")
    assert phases(worst)[0].holds_until == NOW + 3 * HOUR
    assert phases(replace(worst, urgency="Expected"))[0].holds_until == NOW + MINUTE + QUARTER


def test_an_urgent_alert_about_later_becomes_urgent_six_hours_before() -> None:
    later = info(onset=NOW + 8 * HOUR, expires=NOW + 12 * HOUR)
    assert phases(later) == (
        Phase(NOW, NOW + 2 * HOUR, "priority"),
        Phase(NOW + 2 * HOUR, NOW + 12 * HOUR, "urgent", NOW + 2 * HOUR + QUARTER),
    )


def test_an_onset_after_the_end_never_makes_it_urgent_before_six_hours() -> None:
    assert [one.level for one in phases(info(onset=NOW + 20 * HOUR))] == ["priority"]


def test_after_72_hours_it_is_a_slide_at_most() -> None:
    long = info(expires=NOW + 5 * DAY)
    assert [(one.level, one.until) for one in phases(long)] == [("urgent", NOW + 3 * DAY), ("slide", NOW + 5 * DAY)]
    worst = replace(long, severity="Extreme", urgency="Immediate")
    assert phases(worst)[0].holds_until == NOW + 3 * DAY
    far = info(onset=NOW + 5 * DAY, expires=NOW + 6 * DAY)
    assert [(one.level, one.until) for one in phases(far)] == [("priority", NOW + 3 * DAY), ("slide", NOW + 6 * DAY)]
    planned = info(effective=NOW + 4 * DAY, expires=NOW + 5 * DAY)
    assert [one.level for one in phases(planned)] == ["slide"]


def test_what_tells_of_the_end_never_looks_like_an_alarm() -> None:
    assert phases(replace(ALL_CLEAR, severity="Extreme")) == (Phase(NOW, NOW + HOUR, "slide"),)
    assert phases(info(severity="Extreme", urgency="Immediate"), kind="Cancel") == (Phase(NOW, NOW + HOUR, "slide"),)


def test_of_the_same_info_in_other_languages_the_higher_level_counts() -> None:
    mild, grave = info(severity="Moderate"), info(language="en", severity="Extreme", urgency="Immediate")
    both = alert(infos=(mild, grave))
    found = phases_of(both, mild, LIVE, parallels=(grave,))
    assert [(one.level, one.holds_until) for one in found] == [("urgent", NOW + 3 * HOUR)]


def test_a_place_without_extent_caps_the_level() -> None:
    one = info()
    assert [each.level for each in phases_of(alert(infos=(one,)), one, LIVE, at_most="priority")] == ["priority"]


def test_an_info_that_ends_before_it_begins_has_no_level() -> None:
    assert phases(info(effective=NOW + 4 * HOUR)) == ()


def test_the_peak_is_the_highest_level_of_any_info_at_any_time() -> None:
    assert (
        peak_of(alert(infos=(info(severity="Minor"), info(onset=NOW + 8 * HOUR, expires=NOW + DAY))), LIVE)
        == "urgent"
    )
    assert peak_of(alert(infos=()), LIVE) == "slide"


HOURS = st.integers(-100, 200).map(lambda n: NOW + n * HOUR)


@given(
    st.sampled_from(SEVERITIES), st.sampled_from(URGENCIES), st.sampled_from(CERTAINTIES),
    st.none() | HOURS, st.none() | HOURS, st.none() | HOURS,
)  # fmt: skip
def test_phases_follow_each_other_without_gaps_and_hold_within_themselves(
    severity: str, urgency: str, certainty: str, effective: object, onset: object, expires: object
) -> None:
    one = info(
        severity=severity, urgency=urgency, certainty=certainty, effective=effective, onset=onset, expires=expires
    )
    found = phases(one)
    for phase, following in pairwise(found):
        assert phase.until == following.start
        assert phase.level != following.level
    for phase in found:
        assert phase.start < phase.until
        assert (phase.holds_until is not None) is (phase.level == "urgent")
        assert phase.holds_until is None or phase.holds_until <= phase.until
        if phase.level != "slide":
            assert phase.until <= NOW + 72 * HOUR
        if phase.level == "urgent":
            assert one.onset is None or one.onset - phase.start <= timedelta(hours=6)
