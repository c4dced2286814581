"""Times from outside are accepted from 2000 to 2100; others are refused, because date arithmetic could overflow."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from server.core.times import day_of, need_plausible


@pytest.mark.parametrize("text", ["2000-01-01", "2026-11-29", "2100-12-31"])
def test_days_of_this_century_are_read(text: str) -> None:
    assert day_of(text).isoformat() == text


@pytest.mark.parametrize("text", ["0001-01-01", "1999-12-31", "2101-01-01", "9999-12-31", "99999-01-01", "hôm nay"])
def test_other_days_are_refused(text: str) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the sentences are of the callers
        day_of(text)


def test_the_refusal_names_the_field_and_the_year() -> None:
    with pytest.raises(ValueError, match=r"Thời hạn: năm 9999 .* 2000 đến 2100"):
        need_plausible(datetime(9999, 12, 31, tzinfo=UTC), "Thời hạn")
