"""Days and times are read in the forms that people type; the desk writes every instant in one form."""

from __future__ import annotations

from datetime import UTC, datetime, time

import pytest

from server.desk.web.dates import moment_from, moment_text
from server.desk.web.i18n import moment
from tests.desk.office import Office


@pytest.mark.parametrize(
    "typed",
    [
        "16/03/2026 17:30", "17:30 16/03/2026", "17h30 16/03/2026", "16/3/26, 17h30", "17 giờ 30 16/03/2026",
        "16/03/2026 17 giờ 30", "16 03 2026 17.30", "17.30 16.03.2026", "2026-03-16T17:30", "16032026 17g30",
    ],
)  # fmt: skip
def test_a_day_and_a_time_are_read_in_either_order(typed: str) -> None:
    assert moment_text(moment_from(typed)) == "16/03/2026 17:30"


def test_a_full_hour_needs_no_minutes() -> None:
    assert {moment_text(moment_from(typed)) for typed in ("16/03/2026 17 giờ", "17h 16/03/2026")} == {
        "16/03/2026 17:00"
    }


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("16/03/2026", "Hãy ghi ngày và giờ"),
        ("17:00", "Hãy ghi ngày và giờ"),
        ("", "Hãy ghi ngày và giờ"),
        ("31/02/2026 17h", "Không có ngày 31/02/2026"),
        ("25h 16/03/2026", "Không có giờ 25h"),
    ],
)
def test_what_is_no_moment_is_refused_with_the_reason(office: Office, typed: str, says: str) -> None:
    with office.app.test_request_context("/desk/login"), pytest.raises(ValueError, match=says):
        moment_from(typed)


@pytest.mark.parametrize("typed", ["20/12/2026", "20 12 26", "2026-12-20", "20122026"])
def test_a_day_alone_is_the_whole_day_where_a_field_allows_it(typed: str) -> None:
    assert moment_text(moment_from(typed, time(23, 59))) == "20/12/2026 23:59"


def test_an_instant_is_written_in_local_time(office: Office) -> None:
    with office.app.test_request_context("/desk/login"):
        assert moment(datetime(2026, 3, 8, 17, 5, tzinfo=UTC)) == "00:05 09/03/2026"
