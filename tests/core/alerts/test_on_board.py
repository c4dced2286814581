"""What a board shows of the alerts in force: the way from documents to a board, put together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from server.core.alerts.document import Alert, AlertArea, Circle, Geocode, Key
from server.core.alerts.lifecycle import state_of
from server.core.alerts.on_board import BoardAlert, BoardLanguage, MatchedInfo, OnBoards
from server.core.alerts.placement import BoardPlace
from server.core.alerts.places import Places, read_places
from server.core.alerts.rules import AlertRules
from server.core.alerts.state import Decisions
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.documents import ALL_CLEAR, DRAFT, LIVE, PROVINCE, alert, cancel, info, update

TOWN, COAST = BoardLanguage("hoi-truong"), BoardLanguage("tien-hai")
PLACES = Places(
    [BoardPlace("hoi-truong", (20.65, 106.06), codes=("VN-66",)), BoardPlace("tien-hai", (20.40, 106.55))]
)
SHORE = AlertArea("Ven biển", circles=(Circle(20.40, 106.55, 10.0),))
BOTH_PLACES = (PROVINCE, SHORE)


def placements(documents: Sequence[Alert]) -> dict[Key, dict[str, tuple[MatchedInfo, ...]]]:
    return {one.key: dict(PLACES.match(read_places(one, LIVE)).boards) for one in documents}


def shows(
    board: BoardLanguage, documents: Sequence[Alert], now: datetime, rules: AlertRules = LIVE
) -> tuple[BoardAlert, ...]:
    return OnBoards(state_of(documents, now, rules), placements(documents), now, rules).shown(board)


def ended(board: BoardLanguage, documents: Sequence[Alert], now: datetime) -> list[str]:
    """The identifiers of what the board says is over."""
    here = OnBoards(state_of(documents, now, LIVE), placements(documents), now, LIVE)
    return [one.alert.identifier for one in here.over(board)]


def headlines(found: Sequence[BoardAlert]) -> list[str]:
    return [one.info.headline for one in found]


EVERYWHERE = alert("bao-1", infos=(info(areas=BOTH_PLACES, expires=NOW + 9 * HOUR),))
INLAND = update("bao-2", HOUR, [EVERYWHERE], infos=(info(headline="Bão vào đất liền", expires=NOW + 9 * HOUR),))


def test_a_board_outside_the_new_area_loses_the_alert_at_once_and_says_so_for_a_minute() -> None:
    before = [EVERYWHERE, INLAND]
    now = NOW + HOUR + MINUTE
    assert headlines(shows(COAST, before[:1], NOW + HOUR)) == ["Bão số 3 vào Hưng Yên"]
    assert shows(COAST, before, now) == ()
    assert headlines(shows(TOWN, before, now)) == ["Bão vào đất liền"]
    assert ended(COAST, before, now) == ["bao-1"]
    assert ended(TOWN, before, now) == [], "it shows the new one instead"
    assert state_of(before, now, LIVE).next_change == now + MINUTE
    assert ended(COAST, before, now + MINUTE) == []


def test_a_board_within_the_new_area_gains_the_alert() -> None:
    wider = update("bao-3", 2 * HOUR, [INLAND], infos=(info(areas=BOTH_PLACES, expires=NOW + 9 * HOUR),))
    assert len(shows(COAST, [EVERYWHERE, INLAND, wider], NOW + 2 * HOUR + MINUTE)) == 1


def test_only_a_board_that_has_shown_an_alert_says_that_it_is_over() -> None:
    end = cancel("huy", HOUR, [EVERYWHERE])
    both, now = [EVERYWHERE, end], NOW + HOUR + MINUTE
    assert ended(TOWN, both, now) == ["bao-1"]
    assert ended(BoardLanguage("noi-khac"), both, now) == []
    late = [replace(EVERYWHERE, received=NOW + 2 * HOUR), end]
    assert ended(TOWN, late, NOW + 2 * HOUR) == []


def test_what_has_no_placement_is_shown_nowhere() -> None:
    nowhere = alert(infos=(info(areas=()),))
    assert shows(TOWN, [nowhere], NOW + MINUTE) == ()
    assert OnBoards(state_of([EVERYWHERE], NOW + MINUTE, LIVE), {}, NOW + MINUTE, LIVE).shown(TOWN) == ()


def test_every_info_of_the_board_s_language_is_shown_with_its_own_level() -> None:
    parts = (
        info(headline="Bão", areas=(PROVINCE,)),
        info(headline="Mưa", severity="Moderate", areas=(PROVINCE,)),
        info(headline="Sóng", areas=(SHORE,)),
        info(headline="Storm", language="en", areas=(PROVINCE,)),
    )
    found = shows(TOWN, [alert(infos=parts)], NOW + MINUTE)
    assert [(one.info.headline, one.level, one.language) for one in found] == [
        ("Bão", "urgent", "vi"),
        ("Mưa", "priority", "vi"),
    ]
    assert headlines(shows(COAST, [alert(infos=parts)], NOW + MINUTE)) == ["Sóng"]


def test_an_info_whose_time_is_over_does_not_hide_the_one_in_another_language() -> None:
    parts = (info(expires=NOW + HOUR), info(language="en", headline="Storm", expires=NOW + 3 * HOUR))
    assert headlines(shows(TOWN, [alert(infos=parts)], NOW + 2 * HOUR)) == ["Storm"]


def test_several_alerts_are_ordered_and_what_is_still_to_come_stands_last() -> None:
    later = info(headline="Lũ", effective=NOW + 2 * HOUR)
    documents = [
        alert("mua", infos=(info(headline="Mưa", severity="Moderate"), later)),
        alert("bao", infos=(info(headline="Bão"),)),
        cancel("het", 0 * HOUR, [alert("cu")], infos=(replace(ALL_CLEAR, headline="Hết rét"),)),
    ]
    found = shows(TOWN, documents, NOW + MINUTE)
    assert [(one.info.headline, one.level) for one in found] == [
        ("Bão", "urgent"), ("Mưa", "priority"), ("Hết rét", "slide"), ("Lũ", None),
    ]  # fmt: skip
    assert found[-1].phases[0].start == NOW + 2 * HOUR


def test_a_board_only_near_a_point_has_it_as_priority_at_most() -> None:
    point = AlertArea("Cảng", circles=(Circle(20.66, 106.06, 0.0),))
    assert [one.level for one in shows(TOWN, [alert(infos=(info(areas=(point,)),))], NOW + MINUTE)] == ["priority"]


def test_the_quarter_on_the_whole_glass_counts_from_an_approval() -> None:
    approved = Decisions(approved={EVERYWHERE.key: NOW + HOUR})
    state = state_of([EVERYWHERE], NOW + HOUR, DRAFT, approved)
    found = OnBoards(state, placements([EVERYWHERE]), NOW + HOUR, DRAFT).shown(TOWN)
    assert found[0].phases[0].holds_until == NOW + HOUR + 15 * MINUTE


def test_documents_for_each_language_are_shown_in_the_board_s_language_only() -> None:
    area = AlertArea("", codes=(Geocode("ISO 3166-2", "VN-66"),))
    vi = alert("a-vi", infos=(info(areas=(area,)),))
    en = alert("a-en", infos=(info(language="en", headline="Storm", areas=(area,)),))
    assert headlines(shows(TOWN, [vi, en], NOW + MINUTE)) == ["Bão số 3 vào Hưng Yên"]
    assert headlines(shows(TOWN._replace(language="en"), [vi, en], NOW + MINUTE)) == ["Storm"]


def test_a_source_s_languages_are_shown_page_by_page() -> None:
    both = alert(infos=(info(), info(language="en", headline="Storm")))
    found = shows(TOWN, [both], NOW + MINUTE, replace(LIVE, languages=("en", "vi")))
    assert {one.language for one in found} == {"vi", "en"}
