"""The documents: as CAP 1.2 wants them, with the words of the notice, and read back the same by several readers."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds.formats.cap.conformance import faults_in
from feeds.formats.cap.document import CapAlert
from feeds.formats.cap.reader import read_alerts
from server.core.alerts.publication import CLEAR_LASTS, Published, Step, content_of
from server.core.alerts.publication_document import (
    RISK_PARAMETER,
    Place,
    ends_of,
    render,
    stamp,
    urn,
)
from server.core.geography.codes import NATIONAL
from server.core.model import Notice
from server.core.notices.hazards import HAZARDS
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.publishing import SENDER, WEB, ZONE, Press, head, live

LATER = NOW + MINUTE
SQUARE = ((20.5, 106.0), (20.5, 106.2), (20.7, 106.2), (20.7, 106.0), (20.5, 106.0))


def read(body: bytes) -> CapAlert:
    """The one alert in ``body``; it conforms to the standard, and the reader finds nothing odd."""
    assert [faults for _, faults in faults_in(body)] == [()]
    (found,) = read_alerts(body, address="https://bangtin.example.vn/alerts/1.cap")
    assert (found.notes, found.draft_only, found.version) == ((), False, "1.2")
    return found


def written(notice: Notice) -> CapAlert:
    return read(render(Step("Alert", content_of(notice)), head()))


def chain() -> tuple[list[Published], list[CapAlert]]:
    """A notice that is posted, extended and cleared, as documents and as they are read."""
    press = Press()
    press.run([live()], NOW)
    longer = live(until=NOW + 2 * HOUR)
    press.run([longer], LATER)
    press.run([replace(longer, state="cleared", ended=LATER)], LATER + MINUTE)
    return press.documents, [read(press.bodies[one.identifier]) for one in press.documents]


def test_a_document_says_what_the_notice_says() -> None:
    found = written(live(areas=("tinh",)))
    assert (found.sender, found.status, found.kind, found.scope) == (SENDER, "Actual", "Alert", "Public")
    (info,) = found.infos
    assert (info.language, info.event, info.categories) == ("vi-VN", "Bão", ("Met",))
    assert (info.urgency, info.severity, info.certainty) == ("Expected", "Severe", "Likely")
    assert (info.headline, info.sender_name) == (live().headline, live().sender)
    assert info.instruction.split("\n") == list(live().acts)
    assert "08:30 ngày 09/03/2026" in info.description
    assert (info.effective, info.expires, info.web) == (NOW, NOW + HOUR, WEB)
    assert info.parameters == ((RISK_PARAMETER, "3"),)
    assert [(area.description, area.codes) for area in info.areas] == [("Tỉnh Hưng Yên", (("ISO 3166-2", "VN-66"),))]


def test_an_exercise_is_no_actual_alert() -> None:
    found = written(live(exercise=True))
    assert (found.status, found.note) == ("Exercise", "Diễn tập, không phải cảnh báo thật")


def test_an_area_has_its_codes_and_its_outline() -> None:
    place = Place("Xã Minh Tân, Tỉnh Hưng Yên", ("12274", "wmo:vn.1"), (SQUARE,))
    (area,) = read(render(Step("Alert", content_of(live())), head(places=(place,)))).infos[0].areas
    assert area.codes == ((NATIONAL, "12274"), ("wmo", "vn.1"))
    assert area.polygons == (SQUARE,)


def test_documents_of_a_chain_name_every_earlier_one_and_no_time_is_written_with_z() -> None:
    documents, alerts = chain()
    assert [one.kind for one in alerts] == ["Alert", "Update", "Cancel"]
    for number, alert in enumerate(alerts):
        earlier = [(one.sender, urn(one.identifier), one.sent) for one in documents[:number]]
        assert [(one.sender, one.identifier, one.sent) for one in alert.references] == earlier
    assert [one.sent for one in alerts] == [one.sent for one in documents]
    body = render(Step("Alert", content_of(live())), head())
    assert b"<sent>2026-03-09T07:30:00+07:00</sent>" in body


def test_a_cancel_is_an_all_clear_for_an_hour_and_looks_like_no_alarm() -> None:
    cancel = chain()[1][-1]
    (info,) = cancel.infos
    assert (info.responses, info.urgency, info.severity) == (("AllClear",), "Past", "Minor")
    assert (info.effective, info.expires) == (cancel.sent, LATER + MINUTE + CLEAR_LASTS)
    assert (info.headline, info.instruction, info.parameters) == (f"Đã hết hiệu lực: {live().headline}", "", ())


def test_a_notice_without_hazard_risk_and_page_is_complete_nevertheless() -> None:
    bare = live(danger="", risk=0, acts=(), sender="")
    (info,) = read(render(Step("Alert", content_of(bare)), head(web=""))).infos
    assert (info.event, info.categories, info.parameters, info.web) == ("Việc khẩn", ("Other",), (), "")


@pytest.mark.parametrize("hazard", [hazard.name for hazard in HAZARDS if hazard.headline])
def test_every_hazard_has_a_category(hazard: str) -> None:
    assert written(live(danger=hazard)).infos[0].categories != ("Other",)


@pytest.mark.parametrize(
    ("zone", "text"),
    [
        ("Asia/Ho_Chi_Minh", "2026-03-09T07:30:05+07:00"),
        ("UTC", "2026-03-09T00:30:05-00:00"),
        ("America/New_York", "2026-03-08T20:30:05-04:00"),
    ],
)
def test_a_time_has_an_offset_and_whole_seconds(zone: str, text: str) -> None:
    assert stamp(datetime(2026, 3, 9, 0, 30, 5, 999_999, tzinfo=UTC), ZoneInfo(zone)) == text


def test_a_document_ends_with_the_notice_and_a_cancel_an_hour_after_it_was_sent() -> None:
    assert ends_of(Step("Alert", content_of(live())), LATER) == NOW + HOUR
    assert ends_of(Step("Cancel", content_of(live())), LATER) == LATER + CLEAR_LASTS


TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(TEXTS, TEXTS, TEXTS, st.lists(TEXTS, max_size=3), st.timedeltas(timedelta(seconds=1), timedelta(days=14)))
def test_any_text_gives_a_document_that_conforms(
    headline: str, danger: str, sender: str, acts: list[str], lasts: timedelta
) -> None:
    notice = live(headline=headline, danger=danger, sender=sender, acts=tuple(acts), until=NOW + lasts)
    body = render(Step("Alert", content_of(notice)), head(places=(Place("Xã " + sender, (danger,)),)))
    assert [faults for _, faults in faults_in(body)] == [()]
    assert ZONE.key.encode() not in body
