"""Messages to and from screens: bodies are packed within the limit, differences are detected, input is parsed."""

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
from server.core.wire_digest import digest
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
    # FNV-1a 64 of "" and "a": the authors' reference vectors, also used in the test of display/state/digest.js.
    assert digest([]) == "cbf29ce484222325"
    assert digest(["a"]) == "af63dc4c8601ec8c"


@given(st.lists(st.text("0123456789abcdef", min_size=16, max_size=16)))
def test_the_digest_ignores_order_and_repetition(hashes: list[str]) -> None:
    assert digest(hashes) == digest([*reversed(hashes), *hashes[:3]])
    assert len(digest(hashes)) == 16


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
    sync: dict[str, object] = {"epoch": "e", "revision": 7, "have": digest(glass.hashes), "t0": 1}
    assert not wire.differs(sync, glass, "e")
    assert wire.differs(sync | change, glass, "e")


@given(st.dictionaries(st.sampled_from(["epoch", "revision", "have", "t0", "x"]), JSON))
def test_only_a_sync_with_the_right_values_is_in_step(sync: dict[str, object]) -> None:
    glass = _glass()
    right = {"epoch": "e", "revision": 7, "have": digest(glass.hashes)}
    assert wire.differs(sync, glass, "e") == any(sync.get(key) != value for key, value in right.items())


@given(JSON)
def test_only_well_formed_hashes_of_a_want_are_kept(message: object) -> None:
    assert all(len(one) == 16 for one in wire.parse_want(message))


def test_a_want_is_limited_to_400_hashes() -> None:
    assert len(wire.parse_want(["0123456789abcdef"] * 10_000)) == 400


@given(st.lists(st.integers(0, 9_000), max_size=30))
def test_bodies_are_packed_whole_in_order_and_within_the_limit(sizes: list[int]) -> None:
    slides = [_slide(str(place), "ấ" * size) for place, size in enumerate(sizes)]
    batches = list(wire.slide_batches(slides))
    assert [body["hash"] for batch in batches for body in batch] == [slide.hash for slide in slides]
    for batch in batches:
        assert len(batch) == 1 or len(json.dumps(batch, ensure_ascii=False).encode()) <= wire.LARGEST_MESSAGE


@given(st.text(alphabet=st.sampled_from('aế"\\<\n\t'), max_size=3_000), st.integers(0, 3), st.integers(400, 900))
def test_a_large_body_goes_in_parts_that_join_to_it_and_are_within_the_limit(
    html: str, pictures: int, largest: int
) -> None:
    large = {"hash": "a" * 16, "html": html, "media": ["/glass/media/" + "b" * 16] * pictures}
    sent = wire.body_messages([large], largest)
    assert all(len(json.dumps(one, ensure_ascii=False).encode()) <= largest for _, one in sent)
    if sent[0][0] == "slides":
        assert sent == [("slides", [large])]
        return
    parts: list[Any] = [part for _, part in sent]
    assert "".join(part["text"] for part in parts) == html
    assert [(part["at"], part["of"], part["media"]) for part in parts] == [
        (at, len(parts), large["media"]) for at in range(len(parts))
    ]


@given(st.text(alphabet=st.sampled_from('aế"\\<\n\t'), max_size=3_000), st.integers(900, 1_400))
def test_a_large_notice_comes_after_its_body_in_parts_and_each_is_within_the_limit(html: str, largest: int) -> None:
    whole = wire.notice(notice(3), replace(_slide("a" * 16), html=html), epoch="e" * 16, revision=7)
    *parts, (event, last) = sent = wire.notice_messages(whole, largest)
    assert all(len(json.dumps(one, ensure_ascii=False).encode()) <= largest for _, one in sent)
    bodies: list[Any] = [body for _, body in parts]
    assert {name for name, _ in parts} <= {"body"}
    assert {body["hash"] for body in bodies} <= {"a" * 16}
    joined = "".join(body["text"] for body in bodies)
    assert (event, last) == ("notice", whole if not parts else {**whole, "html": ""})
    assert not parts or joined == html


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
