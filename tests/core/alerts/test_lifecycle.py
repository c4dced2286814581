"""What is in force, and what a source or an editor does about it: rules about a storm warning and its updates."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from server.core.alerts.document import Alert, Reference
from server.core.alerts.lifecycle import Ledger, state_of
from server.core.alerts.rules import AlertRules
from server.core.alerts.state import Decisions
from server.core.alerts.times import span_of_alert
from tests.cast import DAY, HOUR, MINUTE, NOW
from tests.core.alerts.documents import (
    ALL_CLEAR,
    DRAFT,
    LIVE,
    SIGNED,
    STORM,
    STORM_1,
    STORM_2,
    STORM_3,
    alert,
    cancel,
    drafts,
    ended,
    in_force,
    info,
    names,
    update,
)


def test_an_alert_is_in_force_until_it_expires() -> None:
    assert in_force(state_of([STORM_1], NOW + MINUTE, LIVE)) == ["bao-1"]
    over = state_of([STORM_1], NOW + 3 * HOUR, LIVE)
    assert ended(over) == {"bao-1": "expired"}
    assert not over.in_force


def test_an_alert_that_expired_before_it_arrived_was_never_shown_but_its_references_count() -> None:
    late = replace(STORM_2, received=NOW + 5 * HOUR)
    long = alert("bao-1", infos=(info(expires=NOW + DAY),))
    state = state_of([long, late], NOW + 6 * HOUR, LIVE)
    assert ended(state) == {"bao-1": "replaced", "bao-2": "expired"}


def test_an_update_replaces_what_it_names_and_all_that_those_replaced() -> None:
    state = state_of([STORM_1, STORM_2, STORM_3], NOW + 2 * HOUR + MINUTE, LIVE)
    assert in_force(state) == ["bao-3"]
    assert ended(state) == {"bao-1": "replaced", "bao-2": "replaced"}
    assert state.ended[0].by == STORM_2.key


def test_an_update_between_two_that_was_lost_is_bridged_when_it_arrives_late() -> None:
    without = state_of([STORM_1, STORM_3], NOW + 2 * HOUR + MINUTE, LIVE)
    assert in_force(without) == ["bao-1", "bao-3"], "nobody can know yet that they belong together"
    late = replace(STORM_2, received=NOW + 2 * HOUR + 2 * MINUTE)
    assert in_force(state_of([STORM_1, STORM_3, late], NOW + 2 * HOUR + 3 * MINUTE, LIVE)) == ["bao-3"]


def test_an_update_that_names_nothing_known_is_new() -> None:
    assert in_force(state_of([STORM_2], NOW + HOUR + MINUTE, LIVE)) == ["bao-2"]


def test_an_alert_with_references_acts_as_an_update() -> None:
    renewed = replace(STORM_2, kind="Alert")
    assert in_force(state_of([STORM_1, renewed], NOW + HOUR + MINUTE, LIVE)) == ["bao-2"]


def test_until_an_update_is_effective_the_old_one_stays() -> None:
    planned = replace(STORM_2, infos=(info(effective=NOW + 2 * HOUR, expires=NOW + 9 * HOUR),))
    before = state_of([STORM_1, planned], NOW + 2 * HOUR - MINUTE, LIVE)
    assert in_force(before) == ["bao-1"]
    assert [one.alert.identifier for one in before.waiting] == ["bao-2"]
    assert before.next_change == NOW + 2 * HOUR
    assert in_force(state_of([STORM_1, planned], NOW + 2 * HOUR, LIVE)) == ["bao-2"]


def test_an_update_that_an_editor_discards_before_it_is_effective_replaces_nothing() -> None:
    planned = replace(STORM_2, infos=(info(effective=NOW + 2 * HOUR, expires=NOW + 9 * HOUR),))
    discarded = Decisions(ended={planned.key: NOW + HOUR + 2 * MINUTE})
    state = state_of([STORM_1, planned], NOW + 2 * HOUR, LIVE, discarded)
    assert in_force(state) == ["bao-1"]
    assert ended(state) == {"bao-2": "editor"}


def test_a_reference_to_itself_is_ignored() -> None:
    own = replace(STORM_1, references=(*names(STORM_1), Reference("", "bao-1")))
    assert in_force(state_of([own], NOW + MINUTE, LIVE)) == ["bao-1"]
    assert state_of([own], NOW + MINUTE, LIVE).ended == ()


def test_acknowledgements_and_errors_act_on_nothing() -> None:
    for kind in ("Ack", "Error"):
        word = replace(STORM_2, kind=kind)
        state = state_of([STORM_1, word], NOW + HOUR + MINUTE, LIVE)
        assert in_force(state) == ["bao-1"]
        assert state.ignored == (word,)


def test_of_one_name_the_document_that_was_sent_later_wins() -> None:
    again = alert("bao-1", HOUR)
    state = state_of([again, STORM_1], NOW + HOUR + MINUTE, LIVE)
    assert [one.alert.sent for one in state.in_force] == [again.sent]
    assert [one.by for one in state.ended] == [again.key]


def test_of_two_contents_with_one_name_and_time_the_one_that_came_last_counts() -> None:
    changed = replace(STORM_1, note="Sửa lỗi chính tả", received=STORM_1.received + MINUTE)
    old_copy = replace(STORM_1, received=STORM_1.received + 2 * MINUTE)
    for order in ([STORM_1, changed, old_copy], [old_copy, changed, STORM_1], [changed, STORM_1, old_copy]):
        state = state_of(order, NOW + 10 * MINUTE, LIVE)
        assert [one.alert.note for one in state.in_force] == ["Sửa lỗi chính tả"]


def test_a_document_counts_as_received_when_it_first_came() -> None:
    again = replace(STORM_1, received=NOW + HOUR)
    for order in ([STORM_1, again], [again, STORM_1]):
        assert state_of(order, NOW + HOUR, LIVE).in_force[0].since == STORM_1.received


def test_of_two_contents_with_one_name_and_time_one_that_is_not_for_the_public_does_not_count() -> None:
    for status in ("Test", "System"):
        other = replace(STORM_1, status=status, received=STORM_1.received + MINUTE)
        assert [one.alert.status for one in state_of([STORM_1, other], NOW + 9 * MINUTE, LIVE).in_force] == ["Actual"]


def test_what_is_not_for_the_public_does_not_displace_even_an_odd_draft() -> None:
    odd = replace(STORM_1, draft_only=True)
    other = replace(STORM_1, status="Test", received=STORM_1.received + MINUTE)
    assert drafts(state_of([odd, other], NOW + 9 * MINUTE, LIVE)) == {"bao-1": ("odd",)}


def test_in_draft_mode_an_update_waits_and_the_old_one_stays_marked() -> None:
    approved = Decisions(approved={STORM_1.key: NOW + MINUTE})
    state = state_of([STORM_1, STORM_2], NOW + 2 * HOUR, DRAFT, approved)
    assert in_force(state) == ["bao-1"]
    assert state.in_force[0].updates == (STORM_2.key,)
    assert drafts(state) == {"bao-2": ("draft-mode",)}


def test_an_approved_update_replaces_the_old_one_from_its_approval_on() -> None:
    both = Decisions(approved={STORM_1.key: NOW + MINUTE, STORM_2.key: NOW + 90 * MINUTE})
    state = state_of([STORM_1, STORM_2], NOW + 90 * MINUTE, DRAFT, both)
    assert in_force(state) == ["bao-2"]
    assert state.ended[0].at == NOW + 90 * MINUTE
    assert state.in_force[0].since == NOW + 90 * MINUTE


def test_in_draft_mode_what_takes_down_acts_at_once() -> None:
    approved = Decisions(approved={STORM_1.key: NOW + MINUTE})
    end = cancel("huy", HOUR, [STORM_1])
    assert not state_of([STORM_1, end], NOW + HOUR + MINUTE, DRAFT, approved).in_force
    clear = update("het", HOUR, [STORM_1], infos=(ALL_CLEAR,))
    state = state_of([STORM_1, clear], NOW + HOUR + MINUTE, DRAFT, approved)
    assert not state.in_force
    assert drafts(state) == {"het": ("draft-mode",)}, "its own slide waits"


def test_what_may_be_forged_takes_nothing_down() -> None:
    real = replace(STORM_1, signature="valid")
    for signature in ("missing", "weak", "broken"):
        forged = cancel("huy", HOUR, [real], signature=signature, infos=(ALL_CLEAR,))
        assert in_force(state_of([real, forged], NOW + HOUR + MINUTE, SIGNED)) == ["bao-1"]
    refused = state_of([real, forged], NOW + HOUR + MINUTE, SIGNED).refused
    assert [one.identifier for one in refused] == ["huy"]
    again = replace(alert("bao-1", note="giả"), received=NOW + HOUR)
    kept = state_of([real, again], NOW + HOUR + MINUTE, SIGNED)
    assert [one.alert.note for one in kept.in_force] == [""], "an unsigned copy does not displace a signed one"


def test_a_document_held_back_for_its_place_waits_for_an_editor() -> None:
    held = Decisions(held={STORM_1.key: ("no-place",)})
    assert drafts(state_of([STORM_1], NOW + MINUTE, LIVE, held)) == {"bao-1": ("no-place",)}
    chosen = replace(held, approved={STORM_1.key: NOW + MINUTE})
    assert in_force(state_of([STORM_1], NOW + MINUTE, LIVE, chosen)) == ["bao-1"]


def test_what_an_editor_ends_stays_ended() -> None:
    state = state_of([STORM_1], NOW + HOUR, LIVE, Decisions(ended={STORM_1.key: NOW + 30 * MINUTE}))
    assert [(one.reason, one.at) for one in state.ended] == [("editor", NOW + 30 * MINUTE)]


def test_what_an_editor_ended_is_in_force_for_its_issuer_until_that_one_ends_it() -> None:
    decided = Decisions(ended={STORM_1.key: NOW + 30 * MINUTE})

    def until(*others: Alert, first: Alert = STORM_1, more: Decisions = decided) -> list[datetime | None]:
        return [one.until for one in state_of([first, *others], NOW + 3 * HOUR, LIVE, more).ended[:1]]

    assert until() == [NOW + 3 * HOUR]
    assert until(STORM_2) == [NOW + HOUR]
    assert until(cancel("huy", 2 * HOUR, [STORM_1])) == [NOW + 2 * HOUR]
    assert until(more=replace(decided, missing={STORM_1.key: NOW + HOUR})) == [NOW + HOUR]
    later = info(expires=None, onset=NOW + 2 * DAY)
    assert until(first=replace(STORM_1, infos=(later,))) == [NOW + 2 * DAY + LIVE.without_expires]
    for drill in (replace(STORM_1, note="Diễn tập"), replace(STORM_1, infos=(ALL_CLEAR,))):
        assert until(first=drill) == [None]
    assert [one.until for one in state_of([STORM_1], NOW + 3 * HOUR, LIVE).ended] == [None], "no editor ended it"


def test_what_left_a_complete_index_is_over() -> None:
    state = state_of([STORM_1], NOW + HOUR, LIVE, Decisions(missing={STORM_1.key: NOW + 30 * MINUTE}))
    assert ended(state) == {"bao-1": "missing"}


def test_the_thirty_first_urgent_alert_of_an_hour_waits_for_an_editor() -> None:
    many = [alert(f"bao-{n:02}", n * timedelta(seconds=10)) for n in range(32)]
    state = state_of(many, NOW + 30 * MINUTE, LIVE)
    assert drafts(state) == {"bao-30": ("flood",), "bao-31": ("flood",)}
    assert len(state.in_force) == 30
    spread = [alert(f"bao-{n:02}", n * timedelta(seconds=130)) for n in range(32)]
    assert not state_of(spread, NOW + 70 * MINUTE, LIVE).drafts
    two = [alert(f"bao-{n:02}", source=f"nguon-{n % 2}") for n in range(40)]
    assert not state_of(two, NOW + 30 * MINUTE, LIVE).drafts, "each source has its own brake"
    past = [alert(f"cu-{n:02}", -9 * HOUR, received=NOW) for n in range(30)]
    assert not state_of([*past, STORM_1], NOW + 30 * MINUTE, LIVE).drafts, "what was over before it came counts not"


def test_an_alert_older_than_three_days_is_told_to_the_desk() -> None:
    long = alert("bao-1", infos=(info(expires=NOW + 9 * DAY),))
    young = state_of([long], NOW + 72 * HOUR - MINUTE, LIVE)
    assert not young.in_force[0].old
    assert young.next_change == NOW + 72 * HOUR
    assert state_of([long], NOW + 72 * HOUR, LIVE).in_force[0].old


def test_what_expires_before_it_begins_is_never_shown_and_noted() -> None:
    wrong = alert("bao-1", infos=(info(effective=NOW + 2 * HOUR, expires=NOW + HOUR),))
    assert span_of_alert(wrong, LIVE).empty
    for minutes in range(0, 240, 10):
        assert not state_of([wrong], NOW + minutes * MINUTE + MINUTE, LIVE).in_force
    assert state_of([wrong], NOW + MINUTE, LIVE).notes == ((wrong.key, "Tài liệu hết hiệu lực trước khi bắt đầu."),)


def test_a_ledger_answers_like_one_that_is_made_anew_after_each_document() -> None:
    ledger, known = Ledger(LIVE), list[Alert]()
    end = cancel("huy", 3 * HOUR, [STORM_2])
    for one in (STORM_3, STORM_1, end, STORM_1, STORM_2):
        known.append(one)
        ledger.add([one])
        now = NOW + 3 * HOUR + MINUTE
        assert ledger.state(now) == state_of(known, now, LIVE)


def test_rules_may_be_changed() -> None:
    assert not state_of([STORM_1], NOW + MINUTE, AlertRules(alerts="none")).in_force
    quick = replace(LIVE, without_expires=HOUR)
    open_end = alert("bao-1", infos=(replace(STORM, expires=None),))
    assert in_force(state_of([open_end], NOW + 2 * HOUR, LIVE)) == ["bao-1"]
    assert in_force(state_of([open_end], NOW + 2 * HOUR, quick)) == []
