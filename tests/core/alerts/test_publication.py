"""Which documents are issued: each change of an own notice once, in one chain, and nothing of anybody else's."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from server.core.alerts.publication import (
    ENDED_SHOWN,
    Published,
    Reach,
    identifier_of,
    is_identifier,
    listed,
    plan,
)
from server.core.model import Notice
from tests.cast import HOUR, MINUTE, NOW
from tests.core.alerts.publishing import Press, everybody, kinds, live

LATER = NOW + MINUTE


def cleared(one: Notice, at: datetime = LATER) -> Notice:
    return replace(one, state="cleared", ended=at)


def test_a_notice_on_air_is_issued_once() -> None:
    press = Press()
    assert kinds(press.run([live()], NOW)) == ["Alert"]
    assert press.run([live()], LATER) == []


def test_a_draft_a_slide_and_what_came_from_an_alert_are_never_issued() -> None:
    others = [
        live(1, state="drafted"),
        live(2, origin="nchmf/centre/1"),
        live(3, level="normal"),
        live(4, until=NOW),
        live(5, state="cleared", ended=NOW),
    ]
    assert plan((), {one.id: one for one in others}, everybody, NOW) == ()


def test_a_new_end_is_an_update_of_every_earlier_document() -> None:
    press = Press()
    press.run([live()], NOW)
    press.run([live(until=NOW + 2 * HOUR)], LATER)
    (step,) = press.run([live(until=NOW + 3 * HOUR)], LATER + MINUTE)
    assert step.kind == "Update"
    assert [one.kind for one in step.before] == ["Alert", "Update"]
    assert len({one.chain for one in press.documents}) == 1


def test_a_correction_is_an_update_and_the_corrected_notice_says_nothing_more() -> None:
    press = Press()
    press.run([live()], NOW)
    old = live(state="corrected", ended=LATER)
    new = live(2, headline="Bão đổi hướng", replaces=1, issued=LATER)
    (step,) = press.run([old, new], LATER)
    assert (step.kind, step.content.notice, [one.content.notice for one in step.before]) == ("Update", 2, [1])
    assert press.run([old, new], LATER + MINUTE) == []


def test_a_draft_of_a_correction_changes_nothing_and_a_discarded_one_is_no_correction() -> None:
    press = Press()
    press.run([live()], NOW)
    draft = live(2, replaces=1, state="drafted")
    assert press.run([live(), draft], LATER) == []
    discarded = live(4, replaces=1, state="cleared", ended=NOW)
    new = live(3, replaces=1, issued=LATER)
    (step,) = press.run([live(state="corrected", ended=LATER), draft, discarded, new], LATER)
    assert (step.kind, step.content.notice) == ("Update", 3)


def test_a_cleared_notice_is_cancelled_once_with_every_earlier_document() -> None:
    press = Press()
    press.run([live()], NOW)
    press.run([live(until=NOW + 2 * HOUR)], LATER)
    gone = cleared(live(until=NOW + 2 * HOUR), LATER + MINUTE)
    (step,) = press.run([gone], LATER + MINUTE)
    assert (step.kind, len(step.before)) == ("Cancel", 2)
    assert press.run([gone], LATER + 2 * MINUTE) == []


def test_a_notice_that_expires_needs_no_document() -> None:
    press = Press()
    press.run([live()], NOW)
    assert press.run([live(state="expired", ended=NOW + HOUR)], NOW + HOUR) == []
    assert press.run([live()], NOW + HOUR) == []


def test_a_shorter_end_that_passed_before_it_was_told_is_a_cancel() -> None:
    press = Press()
    press.run([live()], NOW)
    short = live(until=LATER, state="expired", ended=LATER)
    assert kinds(press.run([short], LATER + MINUTE)) == ["Cancel"]


def test_a_notice_that_expired_while_the_clock_was_ahead_stays() -> None:
    press = Press()
    press.run([live()], NOW)
    assert press.run([live(state="expired", ended=NOW + HOUR)], LATER) == []


def test_a_notice_that_nobody_can_read_is_no_all_clear() -> None:
    press = Press()
    press.run([live()], NOW)
    assert press.run([], LATER) == []


def test_an_exercise_that_becomes_real_is_another_alert_and_so_is_the_reverse() -> None:
    press = Press()
    press.run([live(exercise=True)], NOW)
    old = live(exercise=True, state="corrected", ended=LATER)
    steps = press.run([old, live(2, replaces=1, issued=LATER)], LATER)
    assert [(step.kind, step.content.exercise, len(step.before)) for step in steps] == [
        ("Cancel", True, 1),
        ("Alert", False, 0),
    ]


def test_only_what_is_on_a_public_board_is_issued_and_cancelled_when_it_is_there_no_more() -> None:
    press, seen = Press(), {"reach": "none"}

    def reach(_: Notice) -> Reach:
        return "public" if seen["reach"] == "public" else "held" if seen["reach"] == "held" else "none"

    assert press.run([live()], NOW, reach) == []
    seen["reach"] = "held"
    assert press.run([live()], NOW, reach) == []
    seen["reach"] = "public"
    assert kinds(press.run([live()], NOW, reach)) == ["Alert"]
    seen["reach"] = "held"
    assert press.run([live(until=NOW + 2 * HOUR)], LATER, reach) == []
    seen["reach"] = "none"
    assert kinds(press.run([live(until=NOW + 2 * HOUR)], LATER, reach)) == ["Cancel"]
    seen["reach"] = "public"
    assert kinds(press.run([live(until=NOW + 2 * HOUR)], LATER, reach)) == ["Alert"]
    assert len({one.identifier for one in press.documents}) == 3


def test_feeds_of_areas_that_lose_a_notice_name_its_update_too() -> None:
    press = Press()
    press.run([live(areas=("xa-minh-tan", "xa-dong-hai"))], NOW)
    old = live(areas=("xa-minh-tan", "xa-dong-hai"), state="corrected", ended=LATER)
    (step,) = press.run([old, live(2, areas=("xa-dong-hai",), replaces=1, issued=LATER)], LATER)
    assert step.areas == ("xa-minh-tan", "xa-dong-hai")
    assert step.content.areas == ("xa-dong-hai",)


def test_a_feed_names_what_is_in_force_and_what_ended_within_a_day_newest_first() -> None:
    press = Press()
    press.run([live(1), live(2, until=NOW + 3 * HOUR)], NOW)
    press.run([live(1), cleared(live(2, until=NOW + 3 * HOUR))], LATER)
    current = list({one.chain: one for one in press.documents}.values())
    named = listed(current, lambda slug: slug == "tinh", LATER)
    assert [(one.kind, one.content.notice) for one in named] == [("Cancel", 2), ("Alert", 1)]
    assert listed(current, lambda slug: slug == "xa-dong-hai", LATER) == ()
    assert [one.content.notice for one in listed(current, lambda _: True, LATER + ENDED_SHOWN)] == [1]
    assert listed(current, lambda _: True, NOW + HOUR + ENDED_SHOWN) == ()


def test_times_in_a_chain_rise_even_within_a_second_or_when_the_clock_is_set_back() -> None:
    press = Press()
    press.run([live()], NOW + timedelta(microseconds=9))
    press.run([live(until=NOW + 2 * HOUR)], NOW + timedelta(microseconds=9))
    press.run([cleared(live(until=NOW + 2 * HOUR))], NOW - HOUR)
    assert [one.sent for one in press.documents] == [NOW + timedelta(seconds=after) for after in range(3)]


def test_identifiers_are_uuids_that_another_epoch_does_not_repeat() -> None:
    made = {identifier_of(epoch, notice, version) for epoch in "ab" for notice in (1, 11) for version in (1, 2)}
    assert len(made) == 8
    assert all(map(is_identifier, made))
    assert not any(map(is_identifier, ["", "x", identifier_of("a", 1, 1).upper(), "{" + identifier_of("a", 1, 1)]))


ACTS = st.lists(
    st.tuples(
        st.sampled_from(["post", "extend", "shorten", "correct", "clear", "expire", "flip"]), st.integers(0, 3)
    ),
    max_size=12,
)


@given(ACTS, st.lists(st.booleans(), min_size=12, max_size=12))
def test_after_any_acts_each_notice_on_air_has_one_current_document_and_others_none(
    acts: list[tuple[str, int]], passes: list[bool]
) -> None:
    notices: dict[int, Notice] = {}
    press, now = Press(), NOW
    for (act, which), runs in zip(acts, passes, strict=False):
        now += MINUTE
        _apply(notices, act, which, now)
        if runs:
            press.run(notices.values(), now)
    press.run(notices.values(), now)
    assert press.run(notices.values(), now) == []
    current = {one.chain: one for one in press.documents}.values()
    in_force = [one for one in current if one.kind != "Cancel" and now < one.ends]
    on_air = {one.id: one for one in notices.values() if one.state == "live" and now < one.until}
    assert sorted(one.content.notice for one in in_force) == sorted(on_air)
    for one in in_force:
        assert (one.ends, one.content.headline) == (
            on_air[one.content.notice].until,
            on_air[one.content.notice].headline,
        )
    _check_chains(press.documents)


def _apply(notices: dict[int, Notice], act: str, which: int, now: datetime) -> None:
    on_air = [one for one in notices.values() if one.state == "live" and now < one.until]
    new = len(notices) + 1
    if act == "post":
        notices[new] = live(new, issued=now, until=now + HOUR)
        return
    if not on_air:
        return
    one = on_air[which % len(on_air)]
    if act in ("correct", "flip"):
        notices[one.id] = replace(one, state="corrected", ended=now)
        exercise = one.exercise ^ (act == "flip")
        notices[new] = live(
            new, issued=now, until=one.until, replaces=one.id, headline=f"Bản {new}", exercise=exercise
        )
        return
    notices[one.id] = {
        "extend": replace(one, until=one.until + HOUR),
        "shorten": replace(one, until=now + MINUTE),
        "clear": replace(one, state="cleared", ended=now),
        "expire": replace(one, state="expired", until=now, ended=now),
    }[act]


def _check_chains(documents: list[Published]) -> None:
    """Identifiers are unique; in a chain times rise, the only Alert is the first, and a Cancel is the last."""
    assert len({one.identifier for one in documents}) == len(documents)
    chains: dict[str, list[Published]] = {}
    for one in documents:
        chains.setdefault(one.chain, []).append(one)
    for chain in chains.values():
        assert all(one.sent < other.sent for one, other in pairwise(chain))
        found = [one.kind for one in chain]
        assert found[0] == "Alert"
        assert found.count("Alert") == 1
        assert "Cancel" not in found[:-1]


@given(st.lists(st.lists(st.booleans(), min_size=1, max_size=3), min_size=1, max_size=4))
def test_servers_that_read_each_other_never_issue_what_they_received(rounds: list[list[bool]]) -> None:
    """Three servers: in each round some editors post a notice, and everybody shows what the others have issued."""
    servers = [Press(epoch=name) for name in "abc"]
    shown: list[dict[int, Notice]] = [{}, {}, {}]
    written = 0
    for turn, posts in enumerate(rounds):
        now = NOW + turn * MINUTE
        for own, posted in zip(shown, posts, strict=False):
            if posted:
                written += 1
                own[len(own) + 1] = live(len(own) + 1, issued=now, headline=f"Tin {written}")
        for server, own in zip(servers, shown, strict=True):
            server.run(own.values(), now)
        for reader, own in enumerate(shown):
            known = {one.origin for one in own.values()}
            for other, server in enumerate(servers):
                fresh = [one for one in server.documents if other != reader and one.identifier not in known]
                for one in fresh:
                    id = len(own) + 1
                    own[id] = live(id, issued=now, headline=one.content.headline, origin=one.identifier)
    assert sum(len(server.documents) for server in servers) == written
