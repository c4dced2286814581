"""A simulated screen against a server that is played by hand: every rule that it holds is broken once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from server.core import wire
from server.simulate.packets import ClosedByServer, frame, take_frame
from server.simulate.report import Report
from server.simulate.screen import LARGEST, Identity, Screen
from tests.golden.make import HERE, messages

SCHEMA = json.loads((HERE / "wire.schema.json").read_text(encoding="utf-8"))


class Stage:
    """A screen, its report, and a time that stands still until it is moved."""

    def __init__(self, *, keyed: bool = False) -> None:
        self.now, self.report = 100.0, Report()
        who = Identity("xa-minh-tan", 7, "khóa") if keyed else Identity("xa-minh-tan")
        self.screen = Screen(who, self.report, lambda: self.now)
        self.sent = messages()

    def hear(self, event: str, payload: Any, *, size: int = 100) -> list[str]:
        return self.screen.receive("42" + json.dumps([event, payload]), size)

    def up(self) -> list[str]:
        self.screen.connecting()
        self.screen.receive('0{"sid":"x"}', 40)
        return self.hear("state", self.sent["state"])


def test_it_says_who_it_is_and_what_it_has() -> None:
    stage = Stage(keyed=True)
    (said,) = stage.screen.receive('0{"sid":"x"}', 40)
    auth = json.loads(said[2:])
    assert said.startswith("40")
    assert (auth["screen"], auth["key"], auth["epoch"], auth["revision"]) == (7, "khóa", None, 0)
    assert stage.screen.receive("2", 1) == ["3"]


def test_it_asks_for_what_it_lacks_and_for_the_time_and_acknowledges() -> None:
    stage = Stage()
    want, sync = stage.up()
    assert set(json.loads(want[2:])[1]) == set(stage.sent["want"])
    assert json.loads(sync[3:])[0] == "sync"
    stage.now += 0.25
    t0 = json.loads(sync[3:])[1]["t0"]
    stage.screen.receive("431" + json.dumps([{"t0": t0, "t1": 1, "t2": 1}]), 60)
    assert stage.report.round_trips == [0.25]
    body = {"hash": stage.sent["want"][0], "html": "<p></p>", "media": []}
    assert stage.screen.receive('425["slides",' + json.dumps([body]) + "]", 200) == ["435[]"]
    assert stage.report.broken == {}


def test_its_health_has_the_shape_of_a_screens_and_names_a_slide_of_its_lap() -> None:
    stage = Stage()
    stage.up()
    (said,) = stage.screen.health()
    event, health = json.loads(said.removeprefix("42"))
    assert health["shown"] == stage.sent["state"]["lap"]["slides"][0]["hash"]
    assert Draft202012Validator(SCHEMA).is_valid(json.loads(json.dumps({**stage.sent, event: health})))


def test_a_screen_with_a_key_reports_what_it_was_pushed() -> None:
    stage = Stage(keyed=True)
    stage.up()
    fresh = stage.sent["notice"] | {"notice": stage.sent["notice"]["notice"] | {"id": "99"}}
    (said,) = stage.hear("notice", fresh)
    assert [one["kind"] for one in json.loads(said.lstrip("0123456789"))[1]] == ["received", "shown"]


def test_a_state_in_parts_counts_when_it_is_whole() -> None:
    stage = Stage()
    stage.screen.connecting()
    text = json.dumps(stage.sent["state"])
    for part in wire.state_parts(text, 400):
        stage.hear("part", part)
    assert stage.screen.in_step
    assert stage.screen.revision == 42
    assert stage.report.broken == {}


def _older(stage: Stage) -> None:
    stage.hear("state", stage.sent["state"] | {"revision": 41})


def _twice(stage: Stage) -> None:
    stage.hear("notice", stage.sent["notice"])
    stage.hear("notice", stage.sent["notice"])


def _unasked(stage: Stage) -> None:
    stage.hear("slides", [{"hash": "f" * 16, "html": "<p></p>", "media": []}])


def _too_large(stage: Stage) -> None:
    stage.hear("state", stage.sent["state"], size=LARGEST + 1)


def _wrong_tick(stage: Stage) -> None:
    stage.hear("slide", stage.sent["slide"] | {"hash": "f" * 16})


def _expired(stage: Stage) -> None:
    old = stage.sent["state"]
    heads = [head | {"until": old["now"] - 5_000} for head in old["notices"][:1]]
    stage.hear("state", old | {"revision": 50, "notices": heads})


def _foreign_answer(stage: Stage) -> None:
    stage.screen.receive('431[{"t0":1,"t1":1,"t2":1}]', 60)


def _lost_part(stage: Stage) -> None:
    stage.hear("part", {"at": 1, "of": 3, "text": "x"})


@pytest.mark.parametrize(
    ("does", "rule"),
    [
        (_older, "revisions grow"), (_twice, "a notice comes once"), (_unasked, "only what was wanted is sent"),
        (_too_large, "messages have an end"), (_wrong_tick, "the tick is what the lap says"),
        (_expired, "nothing expired is sent"), (_foreign_answer, "an answer names its question"),
        (_lost_part, "parts come in order"),
    ],
)  # fmt: skip
def test_a_rule_that_is_broken_is_named(does: Callable[[Stage], None], rule: str) -> None:
    stage = Stage()
    stage.up()
    assert stage.report.broken == {}
    does(stage)
    assert stage.report.broken == {rule: 1}
    assert any(rule in line for line in stage.report.lines())


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_frames_of_every_length_are_taken_whole(size: int) -> None:
    data = bytearray((0x81,))
    data += bytes((size,)) if size < 126 else bytes((126,)) + size.to_bytes(2, "big") if size < 65_536 else (
        bytes((127,)) + size.to_bytes(8, "big")
    )  # fmt: skip
    whole = data + b"x" * size + b"\x88\x00"
    cut = bytearray(whole[: len(whole) - 3])
    assert take_frame(cut) is None
    assert take_frame(whole) == ("x" * size, size)
    with pytest.raises(ClosedByServer):
        take_frame(whole)


def test_what_it_says_is_masked() -> None:
    assert frame("3") == b"\x81\x81\0\0\0\x003"
    assert frame("x" * 200)[1:4] == b"\xfe\x00\xc8"
