"""The guard switches the panel on during its board's hours and for urgent notices, and off otherwise."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from display.guard.panel import AGAIN, Panel, Switched, due_on, run_within
from tests.display.guard.programs import Programs

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


def test_a_zone_that_the_device_does_not_know_leaves_it_on() -> None:
    assert due_on({"board": {"hours": [["05:00", "22:30"]], "zone": "Asia/Khong_Co"}, "notices": []}, at(3))


QUICK = 0.5


def panel_of(programs: Programs, clock: Callable[[], float] = lambda: 0.0) -> Panel:
    return Panel(
        which=lambda name: shutil.which(name, path=str(programs.folder)),
        run=partial(run_within, seconds=QUICK),
        clock=clock,
    )


@pytest.fixture
def programs(tmp_path: Path) -> Programs:
    return Programs(tmp_path)


@pytest.mark.parametrize(
    ("program", "dark", "lit"),
    [
        ("swaymsg", "output * dpms off <>", "output * dpms on <>"),
        ("wlr-randr", "--output HDMI-A-1 --off <>", "--output HDMI-A-1 --on <>"),
        ("cec-client", "-s -d 1 <standby 0>", "-s -d 1 <on 0>"),
        ("xset", "dpms force off <>", "dpms force on <>"),
    ],
)
def test_each_change_is_switched_once(programs: Programs, program: str, dark: str, lit: str) -> None:
    programs.add(program)
    panel = panel_of(programs)
    said = [panel.turn(on) for on in (False, False, True, True)]
    assert said == [Switched(False, program, ""), None, Switched(True, program, ""), None]
    assert programs.calls() == [f"{program} {dark}", f"{program} {lit}"]


@pytest.mark.parametrize(
    ("then", "why"),
    [
        ("exit 3", "wlr-randr: exit 3"),
        ("exec sleep 60", f"wlr-randr: hangs for {QUICK:g} s"),
        # The guard must not wait for a background child that keeps the program's output open.
        ("sleep 5", f"wlr-randr: hangs for {QUICK:g} s"),
    ],
)
def test_where_one_program_fails_or_hangs_the_next_one_switches(programs: Programs, then: str, why: str) -> None:
    programs.add("wlr-randr", then)
    programs.add("cec-client")
    assert panel_of(programs).turn(False) == Switched(False, "cec-client", why)


def test_the_window_system_and_the_cable_are_both_told(programs: Programs) -> None:
    for program in ("swaymsg", "wlr-randr", "cec-client"):
        programs.add(program)
    assert panel_of(programs).turn(False) == Switched(False, "swaymsg, cec-client", "")
    assert programs.calls() == ["swaymsg output * dpms off <>", "cec-client -s -d 1 <standby 0>"]


def test_what_could_not_be_switched_is_tried_again_after_a_minute(programs: Programs) -> None:
    now = [0.0]
    programs.add("xset", "exit 1")
    panel = panel_of(programs, lambda: now[0])
    assert panel.turn(False) == Switched(True, "", "xset: exit 1")
    now[0] = AGAIN - 1
    assert panel.turn(False) is None
    now[0] = AGAIN
    programs.add("xset")
    assert panel.turn(False) == Switched(False, "xset", "")


def test_a_program_that_is_gone_by_now_is_a_failure_like_any_other(programs: Programs) -> None:
    programs.add("xset")
    panel = panel_of(programs)
    (programs.folder / "xset").unlink()
    assert panel.turn(False) == Switched(True, "", "xset: No such file or directory")


def test_a_device_without_a_switch_is_left_alone(programs: Programs) -> None:
    assert panel_of(programs).turn(False) is None
