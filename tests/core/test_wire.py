"""The messages: what a state names, how bodies are packed, when a screen is out of step, and words never trusted."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.core import wire
from server.core.lap.airing import Airing
from server.core.lap.composition import compose
from server.core.model import Slide
from server.core.times import to_ms
from tests.cast import NOW, notice
from tests.core.lap.laps import BOARD, NOON, item

JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _glass(revision: int = 7) -> wire.Glass:
    lap = compose(BOARD, [item("a"), item("b", pages=2)], None, NOON, filler="calm")
    return wire.Glass(BOARD, "Tỉnh", revision, lap, "safe")


def _slide(name: str, html: str = "<p></p>") -> Slide:
    return Slide(name, html, 8_000, name, "", "story")


def test_the_digest_is_the_one_that_the_screen_computes() -> None:
    # FNV-1a 64 of nothing and of "a" (the reference vectors of its authors); display/state/digest.js has the same.
    assert wire.digest([]) == "cbf29ce484222325"
    assert wire.digest(["a"]) == "af63dc4c8601ec8c"


@given(st.lists(st.text("0123456789abcdef", min_size=16, max_size=16)))
def test_the_digest_knows_neither_order_nor_repetition(hashes: list[str]) -> None:
    assert wire.digest(hashes) == wire.digest([*reversed(hashes), *hashes[:3]])
    assert len(wire.digest(hashes)) == 16


def test_a_state_names_notices_first_then_the_lap_then_the_calm_slides() -> None:
    pair = notice(3), _slide("n" * 16)
    hashes = replace(_glass(), notices=(pair,)).hashes
    assert hashes[0] == "n" * 16
    assert hashes[-2:] == ("calm", "safe")
    assert set(hashes[1:-2]) == {"a.0", "b.0", "b.1"}


def test_the_tick_names_the_filler_where_nothing_can_air() -> None:
    lap = _glass().lap
    assert wire.tick(lap, Airing(None, 5, None), 7) == {"hash": "calm", "at": 5, "until": None, "revision": 7}
    assert wire.tick(lap, Airing(0, 5, 9), 7)["hash"] == lap.slots[0].hash


@pytest.mark.parametrize("change", [{"epoch": "other"}, {"revision": 6}, {"revision": 8}, {"have": "0" * 16}])
def test_a_screen_that_lacks_anything_is_out_of_step(change: dict[str, Any]) -> None:
    glass = _glass()
    said = {"epoch": "e", "revision": 7, "have": wire.digest(glass.hashes), "t0": 1}
    assert not wire.differs(said, glass, "e")
    assert wire.differs(said | change, glass, "e")


@given(st.dictionaries(st.sampled_from(["epoch", "revision", "have", "t0", "x"]), JSON))
def test_whatever_a_screen_says_it_is_only_in_step_when_it_is(said: dict[str, Any]) -> None:
    glass = _glass()
    right = {"epoch": "e", "revision": 7, "have": wire.digest(glass.hashes)}
    assert wire.differs(said, glass, "e") == any(said.get(key) != value for key, value in right.items())


@given(JSON)
def test_of_a_want_only_what_may_be_a_hash_is_heard(said: Any) -> None:
    heard = wire.asked_hashes(said)
    assert all(len(one) == 16 for one in heard)


def test_a_want_has_an_end() -> None:
    assert len(wire.asked_hashes(["0123456789abcdef"] * 10_000)) == 400


@given(st.lists(st.integers(0, 9_000), max_size=30))
def test_bodies_are_packed_whole_in_order_and_not_above_the_limit(sizes: list[int]) -> None:
    slides = [_slide(str(place), "ấ" * size) for place, size in enumerate(sizes)]
    batches = wire.bodies(slides)
    assert [body["hash"] for batch in batches for body in batch] == [slide.hash for slide in slides]
    for batch in batches:
        assert len(batch) == 1 or sum(len(body["html"].encode()) for body in batch) <= wire.LARGEST_MESSAGE


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.integers(110, 300))
def test_parts_are_the_text_and_none_is_above_the_limit(text: str, largest: int) -> None:
    parts = wire.parts(text, largest)
    assert "".join(part["text"] for part in parts) == text
    assert [(part["at"], part["of"]) for part in parts] == [(at, len(parts)) for at in range(len(parts))]
    assert all(len(json.dumps(part, ensure_ascii=False).encode()) <= largest for part in parts)


@pytest.mark.parametrize(("connected", "within"), [(0, 1_200), (1_000, 1_200), (10_000, 5_000), (10_001, 5_500)])
def test_screens_come_back_no_faster_than_a_server_lets_them_in(connected: int, within: int) -> None:
    assert wire.returning_within(connected) == within


def test_times_on_the_wire_are_whole_milliseconds() -> None:
    head = wire.notice_head(notice(3), _slide("n" * 16))
    assert (head["issued"], head["until"]) == (to_ms(NOW), to_ms(NOW) + 3_600_000)


@pytest.mark.parametrize(
    "packet", ["0", "0{}", '0{"board":"a"}', "1", '2["sync",{}]', '212["want",[]]', "31[]", '2["health"]']
)
def test_what_screens_send_may_be_said(packet: str) -> None:
    assert wire.may_be_said(packet)


@pytest.mark.parametrize(
    "packet",
    ["", "2", "2[", "2{}", "2[]", "2[1]", "2[[]]", '2["connect",{}]', '2["disconnect"]', '2["other"]', "3", "3[]",
     "4{}", "5", '51-["sync"]', "2/other,[]", "x", b"2", None, 7, {"a": 1}, "0/other", "0{", '2["sync"',
     "2" + "[" * 60_000,
     "29999999999[]", '0{"a":' + "[" * 60_000],
)  # fmt: skip
def test_nothing_else_may_be_said(packet: object) -> None:
    assert not wire.may_be_said(packet)


@given(st.text(max_size=30) | st.from_regex(r"[0-6][0-9]{0,3}[\[{].{0,10}", fullmatch=True))
def test_whether_it_may_be_said_is_always_answered(packet: str) -> None:
    assert wire.may_be_said(packet) in (True, False)


@given(st.sampled_from(wire.SAID_BY_SCREENS), st.lists(JSON, max_size=3), st.none() | st.integers(0, 999))
def test_an_event_of_a_screen_may_say_anything(event: str, words: list[Any], ack: int | None) -> None:
    assert wire.may_be_said(f"2{'' if ack is None else ack}" + json.dumps([event, *words]))
