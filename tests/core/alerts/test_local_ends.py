"""Where an editor ended an alert on the boards of his area alone: for which Updates that holds, and for which not."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.core.alerts.board_places import without_areas
from server.core.alerts.document import Alert
from server.core.alerts.lifecycle import state_of
from server.core.alerts.local_ends import LocalDecision, LocalEnds
from server.core.alerts.placement import Match, Placement
from server.core.alerts.rules import AlertRules
from server.core.areas import AreaTree
from tests.cast import AREAS, BOARDS, DAY, HOUR, NOW
from tests.core.alerts.documents import ALL_CLEAR, LIVE, STORM_1, STORM_2, STORM_3, alert, cancel, info, update
from tests.core.alerts.test_lifecycle_properties import random_documents

HERE, THERE = "xa-minh-tan", "xa-dong-hai"
ENDED_1 = {STORM_1: LocalDecision(ended_in=(HERE,))}
NAMED = replace(LIVE, risk_parameter="capDo")


def ended_in(
    document: Alert, all_of: Sequence[Alert], decided: Mapping[Alert, LocalDecision], rules: AlertRules = LIVE
) -> set[str]:
    named = state_of(all_of, NOW + DAY, rules).named
    by_key = {one.key: decision for one, decision in decided.items()}
    return set(LocalEnds({one.key: one for one in all_of}, named, by_key, rules).areas_of(document.key))


def graver(**values: Any) -> Alert:
    return update("bao-9", 2 * HOUR, [STORM_1], infos=(info(expires=NOW + 5 * HOUR, **values),))


def test_it_holds_for_the_document_and_for_its_updates() -> None:
    chain = [STORM_1, STORM_2, STORM_3, alert("khac")]
    assert [ended_in(one, chain, ENDED_1) for one in chain] == [{HERE}, {HERE}, {HERE}, set()]
    later = {STORM_2: LocalDecision(ended_in=(HERE,))}
    assert [ended_in(one, chain, later) for one in chain] == [set(), {HERE}, {HERE}, set()]
    end = cancel("huy", 3 * HOUR, [STORM_3], infos=(ALL_CLEAR,))
    assert ended_in(end, [*chain, end], ENDED_1) == {HERE}, "an all-clear of what is not shown is not shown"


@pytest.mark.parametrize(
    ("values", "rules"),
    [
        ({"severity": "Extreme"}, LIVE),
        ({"parameters": (("capDo", "3"),)}, NAMED),
    ],
    ids=["severity", "risk"],
)
def test_a_graver_update_is_a_new_alarm(values: dict[str, Any], rules: AlertRules) -> None:
    worse = graver(**values)
    assert ended_in(worse, [STORM_1, worse], ENDED_1, rules) == set()
    after = update("bao-10", 3 * HOUR, [worse], infos=worse.infos)
    assert ended_in(after, [STORM_1, worse, after], ENDED_1, rules) == set()
    again = {**ENDED_1, worse: LocalDecision(ended_in=(HERE,))}
    assert ended_in(after, [STORM_1, worse, after], again, rules) == {HERE}


def test_a_higher_level_is_a_new_alarm_and_a_lower_one_is_not() -> None:
    mild = alert("bao-1", infos=(info(certainty="Possible"),))
    same, urgent = (update(name, HOUR, [mild], infos=(one,)) for name, one in (("a", mild.infos[0]), ("b", info())))
    decided = {mild: LocalDecision(ended_in=(HERE,))}
    assert ended_in(same, [mild, same], decided) == {HERE}
    assert ended_in(urgent, [mild, urgent], decided) == set()
    weaker = update("c", HOUR, [STORM_1], infos=(info(severity="Minor"),))
    back = update("d", 2 * HOUR, [weaker])
    assert ended_in(back, [STORM_1, weaker, back], ENDED_1) == {HERE}, "as grave as what was ended"


def test_a_graver_update_counts_also_where_a_later_one_names_the_first_as_well() -> None:
    worse = graver(severity="Extreme")
    later = update("bao-10", 3 * HOUR, [STORM_1, worse])
    assert ended_in(later, [STORM_1, worse, later], ENDED_1) == set()


def test_an_update_of_two_alerts_is_shown_where_one_of_them_was() -> None:
    other = alert("lu-1")
    both = update("chung", HOUR, [STORM_1, other])
    assert ended_in(both, [STORM_1, other, both], ENDED_1) == set()
    decided = {**ENDED_1, other: LocalDecision(ended_in=(HERE, THERE))}
    assert ended_in(both, [STORM_1, other, both], decided) == {HERE}


def test_it_can_be_taken_back_for_an_update_alone() -> None:
    chain = [STORM_1, STORM_2, STORM_3]
    decided = {**ENDED_1, STORM_2: LocalDecision(shown_in=(HERE,))}
    assert [ended_in(one, chain, decided) for one in chain] == [{HERE}, set(), set()]


def test_a_long_chain_is_followed_to_its_beginning() -> None:
    chain = [alert("bao-0")]
    for number in range(1, 1500):
        chain.append(update(f"bao-{number}", number * HOUR / 60, chain[-1:]))
    assert ended_in(chain[-1], chain, {chain[0]: LocalDecision(ended_in=(HERE,))}) == {HERE}


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_no_document_is_ended_where_no_editor_ended_one_of_its_chain(seed: int) -> None:
    chance = Random(seed)
    documents = list({one.key: one for one in random_documents(chance)}.values())
    decided = {one: LocalDecision(ended_in=(HERE,)) for one in documents if chance.random() < 0.3}
    named = state_of(documents, NOW + DAY, LIVE).named
    for one in documents:
        reached, waiting = {one.key}, [one.key]
        while waiting:
            new = set(named.get(waiting.pop(), ())) - reached
            reached |= new
            waiting += new
        found = ended_in(one, documents, decided)
        assert found <= ({HERE} if any(each.key in reached for each in decided) else set())
        assert found == {HERE} or one not in decided


def test_the_boards_of_the_area_and_of_those_below_it_are_left_out() -> None:
    placement = Placement({one.slug: (Match(0),) for one in BOARDS})
    boards, tree = {one.slug: one for one in BOARDS}, AreaTree(AREAS)
    assert without_areas(placement, (), boards, tree) is placement
    left = without_areas(placement, (HERE,), boards, tree).boards
    assert set(left) == {one.slug for one in BOARDS if one.area != HERE}
    assert without_areas(placement, ("tinh",), boards, tree).boards == {}
