"""The cache of encoded `state` messages: what it returns equals the message of core/wire at any time of any day."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta

from server.core import wire
from server.core.lap.composition import compose
from server.core.times import to_ms
from server.live.broadcast.state_cache import StateCache
from tests.cast import HOI_TRUONG, NOW
from tests.core.lap.laps import NOON, item

GLASS = wire.Glass(
    HOI_TRUONG, "Tỉnh Hưng Yên", 7, compose(HOI_TRUONG, [item("a")], None, NOON, filler="calm"), "safe"
)


def test_it_equals_the_wires_state_at_any_time() -> None:
    states = StateCache("e", "b")
    for minutes in (0, 1, 2_000):
        now = NOW + timedelta(minutes=minutes)
        ((event, text),) = states.messages(GLASS, now, 10)
        assert event == "state"
        assert json.loads(text) == json.loads(json.dumps(wire.state(GLASS, epoch="e", build="b", now=now)))
        assert json.loads(text)["now"] == to_ms(now)


def test_a_new_revision_and_more_screens_are_encoded_anew() -> None:
    states = StateCache("e", "b")
    ((_, first),) = states.messages(GLASS, NOW, 10)
    ((_, second),) = states.messages(replace(GLASS, revision=8), NOW, 10_000)
    assert json.loads(first)["revision"] == 7
    assert json.loads(second)["revision"] == 8
    assert json.loads(second)["back"] == wire.reconnect_within(10_000)


def test_the_states_of_two_boards_are_kept_apart() -> None:
    states = StateCache("e", "b")
    other = replace(GLASS, board=replace(HOI_TRUONG, slug="khac", name="Khác"))
    for glass in (GLASS, other, GLASS):
        ((_, text),) = states.messages(glass, NOW, 1)
        assert json.loads(text)["board"]["slug"] == glass.board.slug
