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
from server.core.alerts.document import Alert, Key
from server.core.alerts.gravity import Gravity, gravities_of
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


Placements = Mapping[Alert, Mapping[str, tuple[int, ...]]]
"""Document -> slug of a board -> the numbers of the infos that concern it."""


def ended_in(
    document: Alert,
    all_of: Sequence[Alert],
    decided: Mapping[Alert, LocalDecision],
    rules: AlertRules = LIVE,
    placed: Placements | None = None,
) -> set[str]:
    """The areas where a document is ended; the slug of an area is that of its only board, unless it is "tinh".

    Without ``placed`` all infos of each document concern all boards.
    """
    named = state_of(all_of, NOW + DAY, rules).named
    by_key = {one.key: decision for one, decision in decided.items()}
    infos = {
        one.key: placed[one] if placed else dict.fromkeys((HERE, THERE), range(len(one.infos))) for one in all_of
    }
    documents = {one.key: one for one in all_of}

    def gravities(key: Key, area: str) -> Mapping[str, Gravity]:
        boards = {slug: tuple(map(Match, numbers)) for slug, numbers in infos[key].items() if area in (slug, "tinh")}
        concerned = {slug: matches for slug, matches in boards.items() if matches}
        return gravities_of(documents[key], Placement(concerned), rules)

    return set(LocalEnds(named, by_key, gravities).areas_of(document.key))


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


@pytest.mark.parametrize(
    ("coast", "commune", "found"),
    [
        ("Extreme", "Moderate", {HERE, "tinh"}),
        ("Extreme", "Extreme", set()),
        ("Severe", "Extreme", set()),
        ("Extreme", "Minor", {HERE, "tinh"}),
    ],
    ids=["neither", "the commune", "the commune, and the coast is weaker", "weaker"],
)
def test_only_what_concerns_the_boards_of_the_area_makes_an_update_graver(
    coast: str, commune: str, found: set[str]
) -> None:
    first = alert("bao-1", infos=(info(severity="Extreme"), info(severity="Moderate")))
    second = update("bao-2", HOUR, [first], infos=(info(severity=coast), info(severity=commune)))
    placed = {one: {THERE: (0,), HERE: (1,)} for one in (first, second)}
    decided = {first: LocalDecision(ended_in=(HERE, "tinh"))}
    assert ended_in(second, [first, second], decided, placed=placed) == found


def test_what_rises_elsewhere_is_not_shown_again_here() -> None:
    first = alert("bao-1", infos=(info(severity="Moderate"), info(severity="Moderate")))
    second = update("bao-2", HOUR, [first], infos=(info(severity="Extreme"), info(severity="Moderate")))
    placed = {one: {THERE: (0,), HERE: (1,)} for one in (first, second)}
    decided = {first: LocalDecision(ended_in=(HERE, THERE))}
    assert ended_in(second, [first, second], decided, placed=placed) == {HERE}


def test_a_board_that_was_not_concerned_before_is_compared_with_the_gravest_of_its_area() -> None:
    first, same = alert("bao-1"), update("bao-2", HOUR, [STORM_1])
    worse = update("bao-3", 2 * HOUR, [same], infos=(info(severity="Extreme"),))
    placed = {first: {HERE: (0,)}, same: {HERE: (0,), THERE: (0,)}, worse: {THERE: (0,)}}
    decided = {first: LocalDecision(ended_in=("tinh", HERE))}
    assert ended_in(same, list(placed), decided, placed=placed) == {"tinh", HERE}
    assert ended_in(worse, list(placed), decided, placed=placed) == {HERE}


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
