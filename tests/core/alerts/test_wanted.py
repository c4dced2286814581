"""Which notices alerts should be: levels, languages, sentences, groups of boards."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from server.core.alerts.document import Alert, Info
from server.core.alerts.placement import Match
from server.core.alerts.rules import AlertRules
from server.core.alerts.wanted import Candidate, Wanted, over_text, reach_of, sentences, wanted_of
from tests.cast import BOARDS, HOUR, MINUTE, NOW
from tests.core.alerts.documents import ALL_CLEAR, LIVE, STORM, alert, cancel, info

HERE = {one.slug: one for one in BOARDS}
AT = NOW + 2 * MINUTE
IMMEDIATE = replace(STORM, urgency="Immediate", certainty="Observed")


def notices_of(
    *documents: Alert, at: datetime = AT, rules: AlertRules = LIVE, live: bool = True, **candidate: Any
) -> list[Wanted]:
    """The notices of documents whose infos all concern all boards."""
    hidden = candidate.get("hidden", frozenset())
    candidates = [
        Candidate(one, one.received, live, reach_of(candidate.get("matches") or everywhere(one), HERE), hidden)
        for one in documents
    ]
    return list(wanted_of(candidates, HERE, at, rules))


def everywhere(one: Alert) -> dict[str, tuple[Match, ...]]:
    return {slug: tuple(Match(number) for number in range(len(one.infos))) for slug in HERE}


def with_infos(*infos: Info, **values: Any) -> Alert:
    return alert(infos=infos, **values)


def test_one_notice_for_all_boards_that_show_the_same() -> None:
    (one,) = notices_of(with_infos(IMMEDIATE))
    assert not one.notice.calm
    assert one.notice.boards == tuple(sorted(HERE))
    assert one.notice.areas == ("tinh", "xa-dong-hai", "xa-minh-tan")
    assert (one.notice.level, one.notice.holds_until) == ("urgent", NOW + 16 * MINUTE)
    assert (one.notice.headline, one.notice.danger) == ("Bão số 3 vào Hưng Yên", "Tin bão khẩn cấp")


def test_every_info_has_its_own_level_and_times() -> None:
    minor = info(severity="Minor", headline="Mưa nhỏ", expires=NOW + 5 * HOUR)
    first, second = notices_of(with_infos(IMMEDIATE, minor))
    assert [(one.info, one.notice.level, one.notice.until) for one in (first, second)] == [
        (0, "urgent", NOW + 3 * HOUR), (1, "normal", NOW + 5 * HOUR),
    ]  # fmt: skip


def test_a_board_that_is_only_near_a_point_has_a_lower_level() -> None:
    matches = {"hoi-truong": (Match(0),), "pho-dong-hai": (Match(0, "priority"),)}
    found = notices_of(with_infos(IMMEDIATE), matches=matches)
    assert {one.notice.boards: one.notice.level for one in found} == {
        ("hoi-truong",): "urgent", ("pho-dong-hai",): "priority",
    }  # fmt: skip


def test_each_board_has_the_infos_of_its_language() -> None:
    english = info(language="en-GB", headline="Storm no. 3", instruction="Stay inside.")
    (one,) = notices_of(with_infos(english, STORM))
    assert (one.info, one.notice.language) == (1, "vi")
    both = notices_of(with_infos(english, STORM), rules=replace(LIVE, languages=("vi", "en")))
    assert [one.notice.language for one in both] == ["en", "vi"]


def test_a_twin_in_another_language_is_left_out() -> None:
    vietnamese = with_infos(STORM)
    english = with_infos(replace(STORM, language="en", headline="Storm no. 3"), identifier="storm-1")
    assert [one.notice.headline for one in notices_of(vietnamese, english)] == ["Bão số 3 vào Hưng Yên"]


def test_the_description_and_an_address_on_allowed_hosts_go_with_the_notice() -> None:
    described = with_infos(replace(STORM, description="Gió  cấp 12.", web="https://www.khituong.example/bao-3"))
    rules = replace(LIVE, web_hosts=("khituong.example",))
    (one,) = notices_of(described, rules=rules)
    assert (one.notice.description, one.notice.link) == ("Gió cấp 12.", "https://www.khituong.example/bao-3")
    (other,) = notices_of(described)
    assert other.notice.link == ""


def test_what_tells_the_end_is_calm() -> None:
    (one,) = notices_of(cancel("huy", 0 * HOUR, [], infos=(ALL_CLEAR,)))
    assert (one.notice.level, one.notice.calm, one.notice.danger, one.notice.risk) == ("normal", True, "", 0)
    assert one.notice.until <= NOW + HOUR


def test_a_beginning_still_to_come_is_told_first() -> None:
    (one,) = notices_of(with_infos(info(onset=NOW + 8 * HOUR + 30 * MINUTE)))
    assert one.notice.acts == ("Bắt đầu từ 16:00 ngày 9/3.", "Ở yên trong nhà.")
    assert one.notice.level == "priority"


def test_fixed_words_are_marked_as_such() -> None:
    (one,) = notices_of(with_infos(info(instruction="", responses=("Shelter",))))
    assert one.notice.acts[-1].endswith("(hướng dẫn chung)")


def test_a_draft_has_the_level_that_it_would_begin_with() -> None:
    (one,) = notices_of(with_infos(IMMEDIATE), live=False)
    assert (one.notice.state, one.notice.level) == ("drafted", "urgent")
    later = info(effective=NOW + 2 * HOUR, expires=NOW + 4 * HOUR)
    (one,) = notices_of(with_infos(later), live=False)
    assert one.notice.state == "drafted"
    assert notices_of(with_infos(later)) == []


def test_a_draft_holds_no_glass_yet_and_stays_the_same_as_time_goes_on() -> None:
    first, later = (notices_of(with_infos(IMMEDIATE), live=False, at=AT + wait) for wait in (0 * MINUTE, HOUR))
    assert first == later
    assert first[0].notice.holds_until is None
    (kept,) = notices_of(with_infos(replace(IMMEDIATE, severity="Extreme")), live=False)
    assert kept.notice.holds_until == kept.notice.until, "it would hold the glass to its end"


def test_boards_where_an_editor_took_it_off_do_not_get_it_again() -> None:
    (one,) = notices_of(with_infos(STORM), hidden=frozenset({(0, "hoi-truong")}))
    assert "hoi-truong" not in one.notice.boards


def test_after_three_days_it_is_a_slide() -> None:
    old = with_infos(info(expires=NOW + timedelta(days=9)))
    (one,) = notices_of(old, at=NOW + timedelta(hours=73))
    assert one.notice.level == "normal"


def test_an_end_beyond_the_years_of_the_store_is_cut() -> None:
    (one,) = notices_of(with_infos(info(expires=NOW.replace(year=2150))))
    assert one.notice.until.year == 2100


def test_instructions_are_parted_at_the_end_of_sentences() -> None:
    text = "Không ra khơi. Ở yên trong nhà!\nGọi số 112 (v.v. nếu cần). Đề phòng gió giật."
    assert sentences(text) == [
        "Không ra khơi.", "Ở yên trong nhà!", "Gọi số 112 (v.v. nếu cần).", "Đề phòng gió giật.",
    ]  # fmt: skip
    assert sentences("") == []


def test_what_is_over_is_said_in_the_language_of_the_alert() -> None:
    assert over_text("Bão số 3.", "vi") == "Đã hết hiệu lực: Bão số 3"
    assert over_text("Storm", "en") == "No longer in effect: Storm"
