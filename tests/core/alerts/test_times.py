"""From when to when an info is shown."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from server.core.alerts.document import Info
from server.core.alerts.times import Span, onset_to_tell, span_of, span_of_alert
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.documents import ALL_CLEAR, LIVE, alert, info


def span(one: Info, **document: Any) -> Span:
    return span_of(alert(infos=(one,), **document), one, LIVE)


def test_it_is_shown_from_effective_else_from_sent_until_it_expires() -> None:
    assert span(info()) == Span(NOW, NOW + 3 * HOUR)
    assert span(info(effective=NOW + HOUR)) == Span(NOW + HOUR, NOW + 3 * HOUR)


@pytest.mark.parametrize(
    ("values", "until"),
    [
        ({}, NOW + 6 * HOUR),
        ({"effective": NOW + HOUR}, NOW + 7 * HOUR),
        ({"effective": NOW + HOUR, "onset": NOW + 5 * HOUR}, NOW + 11 * HOUR),
        ({"onset": NOW - 5 * HOUR}, NOW + 6 * HOUR),
    ],
)
def test_without_an_end_it_is_shown_for_six_hours_after_the_latest_time(
    values: dict[str, datetime], until: datetime
) -> None:
    assert span(info(expires=None, **values)).until == until


def test_what_tells_of_the_end_is_shown_for_an_hour_at_most_whatever_the_severity() -> None:
    assert span(ALL_CLEAR).until == NOW + HOUR
    assert span(info(severity="Extreme", urgency="Past")).until == NOW + HOUR
    assert span(info(severity="Extreme"), kind="Cancel").until == NOW + HOUR
    assert span(info(expires=NOW + 20 * MINUTE), kind="Cancel").until == NOW + 20 * MINUTE


def test_a_time_of_sending_in_the_future_delays_nothing() -> None:
    assert span(info(), sent=NOW + 7 * HOUR, received=NOW + MINUTE).start == NOW + MINUTE


def test_an_alert_lasts_from_its_first_to_its_last_info() -> None:
    parts = (
        info(effective=NOW + HOUR, expires=NOW + 2 * HOUR),
        info(effective=NOW + 4 * HOUR, expires=NOW + 5 * HOUR),
    )
    assert span_of_alert(alert(infos=parts), LIVE) == Span(NOW + HOUR, NOW + 5 * HOUR)
    never = info(effective=NOW + 9 * HOUR, expires=NOW + 8 * HOUR)
    assert span_of_alert(alert(infos=(*parts, never)), LIVE) == Span(NOW + HOUR, NOW + 5 * HOUR)
    assert span_of_alert(alert(infos=(never,)), LIVE).empty
    assert span_of_alert(alert(infos=()), LIVE) == Span(NOW, NOW + 6 * HOUR)


def test_a_future_onset_is_told_also_when_it_lies_after_the_end() -> None:
    late = info(onset=NOW + 9 * HOUR, expires=NOW + 3 * HOUR)
    assert span(late) == Span(NOW, NOW + 3 * HOUR)
    assert onset_to_tell(late, NOW) == NOW + 9 * HOUR
    assert onset_to_tell(late, NOW + 9 * HOUR) is None
    assert onset_to_tell(replace(late, onset=None), NOW) is None
