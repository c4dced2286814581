"""The panel is on in its board's hours, and for what is urgent."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from display.panel import Panel, due_on

ZONE = "Asia/Ho_Chi_Minh"


def at(hour: int, minute: int = 0) -> int:
    return round(datetime(2026, 11, 25, hour, minute, tzinfo=ZoneInfo(ZONE)).timestamp() * 1000)


def state(hours: list[list[str]], *notices: dict[str, Any]) -> dict[str, Any]:
    return {"board": {"hours": hours, "zone": ZONE}, "notices": list(notices)}


@pytest.mark.parametrize(
    ("hours", "hour", "on"),
    [
        ([], 3, True),
        ([["05:00", "22:30"]], 4, False),
        ([["05:00", "22:30"]], 5, True),
        ([["05:00", "22:30"]], 22, True),
        ([["05:00", "22:30"]], 23, False),
        ([["22:00", "02:00"]], 1, True),
        ([["22:00", "02:00"]], 2, False),
        ([["06:00", "08:00"], ["17:00", "20:00"]], 18, True),
    ],
)
def test_hours(hours: list[list[str]], hour: int, on: bool) -> None:
    assert due_on(state(hours), at(hour)) is on


def test_what_is_urgent_wakes_it_and_what_is_only_priority_does_not() -> None:
    closed = [["05:00", "22:30"]]
    urgent = {"level": "urgent", "until": at(23, 30)}
    assert due_on(state(closed, urgent), at(23, 29))
    assert not due_on(state(closed, urgent), at(23, 30))
    assert not due_on(state(closed, urgent | {"level": "priority"}), at(23))


def test_a_screen_that_knows_nothing_stays_on() -> None:
    assert due_on(None, 0)


@pytest.mark.parametrize(
    ("program", "dark", "said"),
    [
        ("wlr-randr", ["wlr-randr", "--output", "HDMI-A-1", "--off"], b""),
        ("cec-client", ["cec-client", "-s", "-d", "1"], b"standby 0"),
        ("xset", ["xset", "dpms", "force", "off"], b""),
    ],
)
def test_each_change_is_switched_once(program: str, dark: list[str], said: bytes) -> None:
    calls: list[tuple[list[str], bytes]] = []

    def run(command: Sequence[str], words: bytes) -> None:
        calls.append((list(command), words))

    panel = Panel(which=lambda name: name if name == program else None, run=run)
    assert [panel.turn(on) for on in (False, False, True, True)] == [True, False, True, False]
    assert calls[0] == (dark, said)
    assert len(calls) == 2


def test_a_device_without_a_switch_is_left_alone() -> None:
    assert not Panel(which=lambda _: None).turn(False)
