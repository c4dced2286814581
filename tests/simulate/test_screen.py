"""A simulated screen that gets its messages from the test: every rule that the screen checks is broken once."""

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


class Case:
    """A simulated screen with its report and a fake clock (``now``, seconds); ``sent``: event -> sample message."""

    def __init__(self, *, keyed: bool = False) -> None:
        self.now, self.report = 100.0, Report()
        who = Identity("xa-minh-tan", 7, "khóa") if keyed else Identity("xa-minh-tan")
        self.screen = Screen(who, self.report, lambda: self.now)
        self.sent = messages()

    def receive(self, event: str, payload: Any, *, size: int = 100) -> list[str]:
        return self.screen.receive("42" + json.dumps([event, payload]), size)

    def connect(self) -> list[str]:
        self.screen.connecting()
        self.screen.receive('0{"sid":"x"}', 40)
        return self.receive("state", self.sent["state"])


def test_it_sends_its_identity_and_what_it_has() -> None:
    case = Case(keyed=True)
    (packet,) = case.screen.receive('0{"sid":"x"}', 40)
    auth = json.loads(packet[2:])
    assert packet.startswith("40")
    assert (auth["screen"], auth["key"], auth["epoch"], auth["revision"]) == (7, "khóa", None, 0)
    assert case.screen.receive("2", 1) == ["3"]


def test_it_requests_missing_slides_and_the_time_and_acknowledges() -> None:
    case = Case()
    want, sync = case.connect()
    assert set(json.loads(want[2:])[1]) == set(case.sent["want"])
    assert json.loads(sync[3:])[0] == "sync"
    case.now += 0.25
    t0 = json.loads(sync[3:])[1]["t0"]
    case.screen.receive("431" + json.dumps([{"t0": t0, "t1": 1, "t2": 1}]), 60)
    assert case.report.round_trips == [0.25]
    body = {"hash": case.sent["want"][0], "html": "<p></p>", "media": []}
    assert case.screen.receive('425["slides",' + json.dumps([body]) + "]", 200) == ["435[]"]
    assert case.report.broken == {}


@pytest.mark.parametrize("event", ["notice", "clear"])
def test_after_a_gap_in_the_revisions_it_requests_what_it_missed(event: str) -> None:
    case = Case()
    _, sync = case.connect()
    case.screen.receive("431" + json.dumps([{"t0": json.loads(sync[3:])[1]["t0"], "t1": 1, "t2": 1}]), 60)
    late = case.sent[event] | {"epoch": case.screen.epoch, "revision": case.screen.revision + 2}
    (packet,) = case.receive(event, late)
    assert json.loads(packet.lstrip("0123456789"))[0] == "sync"


def test_its_health_fits_the_schema_and_names_a_slide_of_its_lap() -> None:
    case = Case()
    case.connect()
    (packet,) = case.screen.health()
    event, health = json.loads(packet.removeprefix("42"))
    assert health["shown"] == case.sent["state"]["lap"]["slides"][0]["hash"]
    assert Draft202012Validator(SCHEMA).is_valid(json.loads(json.dumps({**case.sent, event: health})))


def test_a_screen_with_a_key_sends_receipts_of_a_notice() -> None:
    case = Case(keyed=True)
    case.connect()
    fresh = case.sent["notice"] | {"notice": case.sent["notice"]["notice"] | {"id": "99"}}
    (packet,) = case.receive("notice", fresh)
    assert [one["kind"] for one in json.loads(packet.lstrip("0123456789"))[1]] == ["received", "shown"]


def test_a_state_in_parts_is_adopted_when_it_is_complete() -> None:
    case = Case()
    case.screen.connecting()
    text = json.dumps(case.sent["state"])
    for part in wire.state_parts(text, 400):
        case.receive("part", part)
    assert case.screen.in_step
    assert case.screen.revision == 42
    assert case.report.broken == {}


def _older(case: Case) -> None:
    case.receive("state", case.sent["state"] | {"revision": 41})


def _twice(case: Case) -> None:
    case.receive("notice", case.sent["notice"])
    case.receive("notice", case.sent["notice"])


def _unasked(case: Case) -> None:
    case.receive("slides", [{"hash": "f" * 16, "html": "<p></p>", "media": []}])


def _too_large(case: Case) -> None:
    case.receive("state", case.sent["state"], size=LARGEST + 1)


def _wrong_tick(case: Case) -> None:
    case.receive("slide", case.sent["slide"] | {"hash": "f" * 16})


def _expired(case: Case) -> None:
    old = case.sent["state"]
    heads = [head | {"until": old["now"] - 5_000} for head in old["notices"][:1]]
    case.receive("state", old | {"revision": 50, "notices": heads})


def _foreign_answer(case: Case) -> None:
    case.screen.receive('431[{"t0":1,"t1":1,"t2":1}]', 60)


def _lost_part(case: Case) -> None:
    case.receive("part", {"at": 1, "of": 3, "text": "x"})


@pytest.mark.parametrize(
    ("does", "rule"),
    [
        (_older, "revisions grow"), (_twice, "a notice comes once"), (_unasked, "only what was wanted is sent"),
        (_too_large, "messages have an end"), (_wrong_tick, "the tick is what the lap says"),
        (_expired, "nothing expired is sent"), (_foreign_answer, "an answer names its question"),
        (_lost_part, "parts come in order"),
    ],
)  # fmt: skip
def test_a_broken_rule_is_named(does: Callable[[Case], None], rule: str) -> None:
    case = Case()
    case.connect()
    assert case.report.broken == {}
    does(case)
    assert case.report.broken == {rule: 1}
    assert any(rule in line for line in case.report.lines())


@pytest.mark.parametrize("size", [0, 125, 126, 65_535, 65_536])
def test_only_whole_frames_of_any_length_are_taken(size: int) -> None:
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


def test_its_frames_are_masked() -> None:
    assert frame("3") == b"\x81\x81\0\0\0\x003"
    assert frame("x" * 200)[1:4] == b"\xfe\x00\xc8"
