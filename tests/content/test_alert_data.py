"""Whether there are data on alerts for a board."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.content.alert_data import alert_data, next_change
from server.core import wire
from server.core.alerts.polls_view import PollView, TakenOff
from server.core.areas import AreaTree
from server.core.model import Notice
from server.core.times import to_ms
from tests.cast import AREAS, BOARD_MINH_TAN, HOI_TRUONG, MINUTE, NOW, notice

SILENT_AFTER = 10 * MINUTE
BOARD = BOARD_MINH_TAN.slug
CHAIN = AreaTree(AREAS).chain(BOARD_MINH_TAN.area)
DRAFT = notice(1, state="drafted", created_by="system", origin="khi-tuong/x/1", boards=(BOARD,))


def poll(name: str, minutes: float | None, *boards: str) -> PollView:
    """A source whose last good poll was some minutes ago; None: it never had one."""
    at = None if minutes is None else NOW - timedelta(minutes=minutes)
    return PollView(name.casefold(), name, at, frozenset(boards or (BOARD,)))


def told(*polls: PollView, drafts: tuple[Notice, ...] = ()) -> wire.AlertData | None:
    return alert_data(BOARD, CHAIN, polls, drafts, NOW, SILENT_AFTER)


def test_a_board_on_which_no_source_counts_is_told_nothing() -> None:
    assert told() is None
    assert told(poll("Đài", 1, HOI_TRUONG.slug)) is None


def test_the_source_that_was_heard_longest_ago_counts() -> None:
    found = told(poll("Đài", 1), poll("Sở", 4))
    assert found == wire.AlertData(("Đài", "Sở"), to_ms(NOW - 4 * MINUTE), good=True)


@pytest.mark.parametrize("minutes", [10, 60, None])
def test_one_silent_source_is_enough_for_no_data(minutes: float | None) -> None:
    found = told(poll("Đài", 0), poll("Sở", minutes))
    assert found is not None
    assert not found.good
    assert (found.since is None) == (minutes is None)


@given(st.lists(st.one_of(st.none(), st.floats(-30, 30)), min_size=1))
def test_data_are_good_only_if_every_source_was_heard_within_ten_minutes(ages: list[float | None]) -> None:
    """A poll that lies as far in the future was noted while a clock was wrong."""
    found = told(*(poll(f"Nguồn {place}", age) for place, age in enumerate(ages)))
    assert found is not None
    assert found.good == all(age is not None and abs(timedelta(minutes=age)) < SILENT_AFTER for age in ages)


def test_the_time_without_data_is_that_of_the_configuration() -> None:
    polls = [poll("Đài", 20)]
    for after, good in ((20 * MINUTE, False), (21 * MINUTE, True)):
        found = alert_data(BOARD, CHAIN, polls, (), NOW, after)
        assert found is not None
        assert (found.good, found.silent_after) == (good, after // timedelta(milliseconds=1))


@given(st.lists(st.one_of(st.none(), st.floats(0, 30)), min_size=1), st.floats(0, 60))
def test_until_the_next_change_nothing_changes(ages: list[float | None], later: float) -> None:
    polls = [poll(f"Nguồn {place}", age) for place, age in enumerate(ages)]
    change, then = next_change(polls, (DRAFT,), NOW, SILENT_AFTER), NOW + timedelta(minutes=later)

    def at(instant: datetime) -> wire.AlertData | None:
        return alert_data(BOARD, CHAIN, polls, (DRAFT,), instant, SILENT_AFTER)

    if change is None or then < change:
        assert at(then) == at(NOW)


def test_an_alert_without_a_place_waits_on_all_boards_of_its_source() -> None:
    for boards, waits in (((BOARD, HOI_TRUONG.slug), True), ((HOI_TRUONG.slug,), False)):
        found = told(poll("Đài", 1), replace(poll("Sở", 1, *boards), waiting=True))
        assert found is not None
        assert found.waiting is waits


def test_a_source_that_was_not_read_wholly_may_warn_of_something_unknown() -> None:
    for boards, withheld in (((BOARD, HOI_TRUONG.slug), True), ((HOI_TRUONG.slug,), False)):
        found = told(poll("Đài", 1), replace(poll("Sở", 1, *boards), cut=True))
        assert found is not None
        assert found.waiting is withheld


def test_a_draft_of_an_alert_for_the_board_waits_and_others_do_not() -> None:
    elsewhere = notice(2, state="drafted", origin="x", boards=(HOI_TRUONG.slug,))
    over = notice(3, state="drafted", origin="x", until=NOW)
    for draft, waits in ((DRAFT, True), (elsewhere, False), (over, False)):
        found = told(poll("Đài", 1), drafts=(draft,))
        assert found is not None
        assert found.waiting is waits


def test_a_board_off_which_an_editor_took_a_warning_does_not_say_that_there_is_none() -> None:
    here, elsewhere = frozenset([BOARD]), frozenset([HOI_TRUONG.slug])
    for off, withheld in (
        (TakenOff(here, NOW + MINUTE), True),
        (TakenOff(elsewhere, NOW + MINUTE), False),
        (TakenOff(here, NOW), False),
    ):
        view = replace(poll("Đài", 1), taken_off=(off,))
        found = told(view)
        assert found is not None
        assert found.waiting is withheld
        assert next_change([view], (), NOW, SILENT_AFTER) == (off.until if off.until > NOW else NOW + 9 * MINUTE)
