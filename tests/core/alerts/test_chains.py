"""Which document ends which: references, Cancels, drills, late originals."""

from __future__ import annotations

from dataclasses import replace

from server.core.alerts.document import Reference
from server.core.alerts.lifecycle import state_of
from server.core.alerts.state import Decisions, Question
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.documents import (
    ALL_CLEAR,
    LIVE,
    STORM_1,
    STORM_2,
    alert,
    cancel,
    drafts,
    ended,
    in_force,
    update,
)


def test_a_reference_with_another_sender_or_time_counts_and_is_noted() -> None:
    sloppy = replace(STORM_2, references=(Reference("ai-do@example.vn", "bao-1", NOW + MINUTE),))
    state = state_of([STORM_1, sloppy], NOW + HOUR + MINUTE, LIVE)
    assert in_force(state) == ["bao-2"]
    assert [note for _, note in state.notes] == [
        "Dẫn chiếu «bao-1» ghi bên gửi khác.",
        "Dẫn chiếu «bao-1» ghi giờ gửi khác.",
    ]


def test_where_two_senders_use_one_identifier_only_the_named_sender_s_document_ends() -> None:
    other = replace(STORM_1, sender="thuy-loi@example.vn")
    assert [one.alert.sender for one in state_of([STORM_1, other, STORM_2], NOW + HOUR + MINUTE, LIVE).in_force] == [
        other.sender,
        STORM_2.sender,
    ]


def test_another_source_ends_nothing() -> None:
    foreign = replace(cancel("huy", HOUR, [STORM_1]), source="tinh-ben")
    assert in_force(state_of([STORM_1, foreign], NOW + HOUR + MINUTE, LIVE)) == ["bao-1"]
    foreign_update = replace(STORM_2, source="tinh-ben")
    assert in_force(state_of([STORM_1, foreign_update], NOW + HOUR + MINUTE, LIVE)) == ["bao-1", "bao-2"]


def test_a_cancel_ends_the_named_and_their_predecessors() -> None:
    end = cancel("huy", 2 * HOUR, [STORM_2])
    state = state_of([STORM_1, STORM_2, end], NOW + 2 * HOUR + MINUTE, LIVE)
    assert not state.in_force
    assert ended(state) == {"bao-1": "replaced", "bao-2": "cancelled"}
    assert ended(state_of([STORM_2, end], NOW + 2 * HOUR + MINUTE, LIVE)) == {"bao-2": "cancelled"}


def test_of_several_ends_the_first_counts() -> None:
    end = cancel("huy", 2 * HOUR, [STORM_1, STORM_2])
    first = state_of([STORM_1, STORM_2, end], NOW + 2 * HOUR + MINUTE, LIVE).ended[0]
    assert (first.reason, first.by, first.at) == ("replaced", STORM_2.key, NOW + HOUR)
    assert state_of([STORM_1, STORM_2, end], NOW + 9 * HOUR, LIVE).ended[0] == first, "its own end came later"


def test_a_live_update_that_the_cancel_does_not_name_stays_and_the_desk_is_asked() -> None:
    end = cancel("huy", 2 * HOUR, [STORM_1])
    state = state_of([STORM_1, STORM_2, end], NOW + 2 * HOUR + MINUTE, LIVE)
    assert in_force(state) == ["bao-2"]
    assert state.questions == (Question(end.key, STORM_2.key),)
    assert state_of([STORM_1, STORM_2, end], NOW + 9 * HOUR, LIVE).questions == (), "it has expired since"


def test_the_desk_is_asked_also_when_the_cancelled_original_never_came() -> None:
    end = cancel("huy", 2 * HOUR, [STORM_1])
    assert state_of([STORM_2, end], NOW + 2 * HOUR + MINUTE, LIVE).questions == (Question(end.key, STORM_2.key),)


def test_an_update_sent_after_the_cancel_is_a_new_alarm_about_which_nobody_asks() -> None:
    end = cancel("huy", HOUR, [STORM_1])
    state = state_of([STORM_1, end, update("bao-4", 2 * HOUR, [STORM_1])], NOW + 2 * HOUR + MINUTE, LIVE)
    assert in_force(state) == ["bao-4"]
    assert not state.questions


def test_a_cancel_with_an_info_is_shown_for_an_hour() -> None:
    end = cancel("huy", HOUR, [STORM_1], infos=(ALL_CLEAR,))
    assert in_force(state_of([STORM_1, end], NOW + 2 * HOUR - MINUTE, LIVE)) == ["huy"]
    assert in_force(state_of([STORM_1, end], NOW + 2 * HOUR, LIVE)) == []


def test_a_cancel_under_the_identifier_of_its_alert_ends_it() -> None:
    end = cancel("bao-1", HOUR, [STORM_1])
    assert not state_of([STORM_1, end], NOW + HOUR + MINUTE, LIVE).in_force


def test_what_reuses_the_identifier_of_a_cancelled_alert_later_is_new() -> None:
    again = alert("bao-1", 2 * HOUR)
    end = cancel("huy", HOUR, [STORM_1])
    assert [one.alert.sent for one in state_of([again, end, STORM_1], NOW + 2 * HOUR + MINUTE, LIVE).in_force] == [
        again.sent
    ]


def test_a_cancel_whose_own_time_is_wrong_still_ends_what_it_names_exactly() -> None:
    end = replace(cancel("huy", -7 * HOUR, [STORM_1]), received=NOW + HOUR)
    assert not state_of([STORM_1, end], NOW + HOUR + MINUTE, LIVE).in_force
    ahead = replace(cancel("huy", 7 * HOUR, [STORM_1]), received=NOW + HOUR)
    assert not state_of([STORM_1, ahead], NOW + HOUR + MINUTE, LIVE).in_force, "it acts when it arrives"


def test_two_documents_that_name_each_other_do_not_end_each_other() -> None:
    one = replace(alert("a"), references=(Reference(STORM_1.sender, "b", NOW),))
    other = replace(alert("b"), references=(Reference(STORM_1.sender, "a", NOW),))
    assert in_force(state_of([one, other], NOW + MINUTE, LIVE)) == ["b"]


def test_a_drill_ends_nothing_real() -> None:
    rules = replace(LIVE, exercises=True)
    drill = cancel("huy", HOUR, [STORM_1], status="Exercise")
    assert in_force(state_of([STORM_1, drill], NOW + HOUR + MINUTE, rules)) == ["bao-1"]
    of_its_name = alert("bao-1", HOUR, status="Exercise")
    both = state_of([STORM_1, of_its_name], NOW + HOUR + MINUTE, rules)
    assert [one.alert.status for one in both.in_force] == ["Actual", "Exercise"]
    of_a_drill = replace(STORM_1, status="Exercise")
    assert not state_of([of_a_drill, drill], NOW + HOUR + MINUTE, rules).in_force


def test_what_names_a_test_ends_nothing_real_before_an_editor_has_read_it() -> None:
    end = cancel("huy", HOUR, [STORM_1], note="Kết thúc thử nghiệm")
    state = state_of([STORM_1, end], NOW + HOUR + MINUTE, LIVE)
    assert in_force(state) == ["bao-1"]
    assert drafts(state) == {"huy": ("drill",)}
    read = Decisions(approved={end.key: NOW + HOUR + MINUTE})
    assert ended(state_of([STORM_1, end], NOW + HOUR + MINUTE, LIVE, read)) == {"bao-1": "cancelled"}
    of_a_test = alert("thu", note="TEST")
    assert ended(state_of([of_a_test, cancel("huy", HOUR, [of_a_test], note="TEST")], NOW + 2 * HOUR, LIVE)) == {
        "thu": "cancelled"
    }


def test_a_cancel_that_names_nothing_known_is_told_to_the_desk() -> None:
    end = cancel("huy", HOUR, [STORM_1])
    words = "Tin hủy không nêu cảnh báo nào đã nhận."
    assert state_of([end], NOW + 2 * HOUR, LIVE).notes == ((end.key, words),)
    assert state_of([end, STORM_1], NOW + 2 * HOUR, LIVE).notes == ()


def test_an_original_that_comes_after_its_cancel_is_not_shown() -> None:
    end = cancel("huy", HOUR, [STORM_1])
    late = replace(STORM_1, received=NOW + 2 * HOUR)
    state = state_of([end, late], NOW + 2 * HOUR, LIVE)
    assert ended(state) == {"bao-1": "cancelled"}
