"""Messages: hashes in a state, packing of bodies, detecting differences, and parsing untrusted input."""

from __future__ import annotations

import json
from dataclasses import replace

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

JSON: st.SearchStrategy[object] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


def _glass(revision: int = 7) -> wire.Glass:
    lap = compose(BOARD, [item("a"), item("b", pages=2)], None, NOON, filler="calm")
    return wire.Glass(BOARD, "Tỉnh", revision, lap, "safe")


def _slide(name: str, html: str = "<p></p>") -> Slide:
    return Slide(name, html, 8_000, name, "", "story")


def test_the_digest_is_that_of_the_reference_vectors() -> None:
    # FNV-1a 64 of "" and "a", reference vectors of its authors; display/state/digest.js is tested with the same.
    assert wire.digest([]) == "cbf29ce484222325"
    assert wire.digest(["a"]) == "af63dc4c8601ec8c"


@given(st.lists(st.text("0123456789abcdef", min_size=16, max_size=16)))
def test_the_digest_ignores_order_and_repetition(hashes: list[str]) -> None:
    assert wire.digest(hashes) == wire.digest([*reversed(hashes), *hashes[:3]])
    assert len(wire.digest(hashes)) == 16


def test_hashes_are_of_notices_then_of_the_lap_then_of_the_calm_slides() -> None:
    pair = notice(3), _slide("n" * 16)
    hashes = replace(_glass(), notices=(pair,)).hashes
    assert hashes[0] == "n" * 16
    assert hashes[-2:] == ("calm", "safe")
    assert set(hashes[1:-2]) == {"a.0", "b.0", "b.1"}


def test_the_tick_has_the_filler_if_nothing_can_air() -> None:
    lap = _glass().lap
    assert wire.tick(lap, Airing(None, 5, None), 7) == {"hash": "calm", "at": 5, "until": None, "revision": 7}
    assert wire.tick(lap, Airing(0, 5, 9), 7)["hash"] == lap.slots[0].hash


@pytest.mark.parametrize("change", [{"epoch": "other"}, {"revision": 6}, {"revision": 8}, {"have": "0" * 16}])
def test_any_difference_in_a_sync_is_detected(change: dict[str, object]) -> None:
    glass = _glass()
    sync: dict[str, object] = {"epoch": "e", "revision": 7, "have": wire.digest(glass.hashes), "t0": 1}
    assert not wire.differs(sync, glass, "e")
    assert wire.differs(sync | change, glass, "e")


@given(st.dictionaries(st.sampled_from(["epoch", "revision", "have", "t0", "x"]), JSON))
def test_only_a_sync_with_the_right_values_is_in_step(sync: dict[str, object]) -> None:
    glass = _glass()
    right = {"epoch": "e", "revision": 7, "have": wire.digest(glass.hashes)}
    assert wire.differs(sync, glass, "e") == any(sync.get(key) != value for key, value in right.items())


@given(JSON)
def test_only_well_formed_hashes_of_a_want_are_kept(message: object) -> None:
    assert all(len(one) == 16 for one in wire.parse_want(message))


def test_a_want_is_limited_to_400_hashes() -> None:
    assert len(wire.parse_want(["0123456789abcdef"] * 10_000)) == 400


@given(st.lists(st.integers(0, 9_000), max_size=30))
def test_bodies_are_packed_whole_in_order_and_within_the_limit(sizes: list[int]) -> None:
    slides = [_slide(str(place), "ấ" * size) for place, size in enumerate(sizes)]
    batches = wire.slide_batches(slides)
    assert [body["hash"] for batch in batches for body in batch] == [slide.hash for slide in slides]
    for batch in batches:
        assert len(batch) == 1 or sum(len(body["html"].encode()) for body in batch) <= wire.LARGEST_MESSAGE


@given(st.text(alphabet=st.characters(exclude_categories=["Cs", "Cc"]), min_size=1), st.integers(110, 300))
def test_parts_join_to_the_text_and_are_within_the_limit(text: str, largest: int) -> None:
    parts = wire.state_parts(text, largest)
    assert "".join(part["text"] for part in parts) == text
    assert [(part["at"], part["of"]) for part in parts] == [(at, len(parts)) for at in range(len(parts))]
    assert all(len(json.dumps(part, ensure_ascii=False).encode()) <= largest for part in parts)


@pytest.mark.parametrize(("connected", "within"), [(0, 1_200), (1_000, 1_200), (10_000, 5_000), (10_001, 5_500)])
def test_screens_reconnect_no_faster_than_a_server_accepts_them(connected: int, within: int) -> None:
    assert wire.reconnect_within(connected) == within


def test_times_on_the_wire_are_whole_milliseconds() -> None:
    head = wire.notice_head(notice(3), _slide("n" * 16))
    assert (head["issued"], head["until"]) == (to_ms(NOW), to_ms(NOW) + 3_600_000)


@pytest.mark.parametrize(
    "packet", ["0", "0{}", '0{"board":"a"}', "1", '2["sync",{}]', '212["want",[]]', "31[]", '2["health"]']
)
def test_packets_of_screens_are_accepted(packet: str) -> None:
    assert wire.is_screen_packet(packet)


@pytest.mark.parametrize(
    "packet",
    ["", "2", "2[", "2{}", "2[]", "2[1]", "2[[]]", '2["connect",{}]', '2["disconnect"]', '2["other"]', "3", "3[]",
     "4{}", "5", '51-["sync"]', "2/other,[]", "x", b"2", None, 7, {"a": 1}, "0/other", "0{", '2["sync"',
     "2" + "[" * 60_000,
     "29999999999[]", '0{"a":' + "[" * 60_000],
)  # fmt: skip
def test_all_other_packets_are_rejected(packet: object) -> None:
    assert not wire.is_screen_packet(packet)


@given(st.text(max_size=30) | st.from_regex(r"[0-6][0-9]{0,3}[\[{].{0,10}", fullmatch=True))
def test_no_packet_raises_an_error(packet: str) -> None:
    assert wire.is_screen_packet(packet) in (True, False)


@given(st.sampled_from(wire.SCREEN_EVENTS), st.lists(JSON, max_size=3), st.none() | st.integers(0, 999))
def test_an_event_of_a_screen_may_have_any_payload(event: str, payload: list[object], ack: int | None) -> None:
    assert wire.is_screen_packet(f"2{'' if ack is None else ack}" + json.dumps([event, *payload]))
