"""The panel's power: when it is due by hours and notices, and the program that switches it; called by guard.py."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Of each way the first program that works: the window system's (sway knows its outputs by itself), and the cable's.
# Both are used: a television without a signal says so in blue for minutes, one without CEC does not hear the cable.
_Switch = tuple[str, tuple[str, ...], tuple[str, ...], str]
WAYS: tuple[tuple[_Switch, ...], ...] = (
    (
        ("swaymsg", ("output * dpms on",), ("output * dpms off",), ""),
        ("wlr-randr", ("--output", "{output}", "--on"), ("--output", "{output}", "--off"), ""),
        ("xset", ("dpms", "force", "on"), ("dpms", "force", "off"), ""),
    ),
    (("cec-client", ("-s", "-d", "1"), ("-s", "-d", "1"), "{on 0}|{standby 0}"),),
)
WITHIN = 5.0
# A panel that could not be switched (nothing plugged in, say) is tried again after so many seconds.
AGAIN = 60.0


def due_on(state: Mapping[str, Any] | None, now: int) -> bool:
    """Whether the panel should be on at ``now`` (server milliseconds). Nothing known: on, and so is a zone
    that this device has no table of.

    An urgent notice wakes it, also in dark mode's closed hours; dark mode itself is the page's black, kept on.
    """
    if not state:
        return True
    if any(one["level"] == "urgent" and now < one["until"] for one in state.get("notices", ())):
        return True
    hours = state["board"]["hours"]
    if not hours:
        return True
    try:
        zone = ZoneInfo(state["board"]["zone"])
    except ZoneInfoNotFoundError:
        return True
    time = f"{datetime.fromtimestamp(now / 1000, UTC).astimezone(zone):%H:%M}"
    return any((start <= time < end) if start < end else (time >= start or time < end) for start, end in hours)


@dataclass(frozen=True, slots=True)
class Switched:
    """What was tried just now: whether the panel is ``on`` afterwards, by which programs, and what did not work."""

    on: bool
    by: str
    why: str


class Panel:
    """Switches once at each change, by every way that works; a device without any program for it is left alone."""

    def __init__(
        self,
        output: str = "HDMI-A-1",
        which: Callable[[str], str | None] = shutil.which,
        run: Callable[[Sequence[str], bytes], str] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``which`` finds a program's path, ``run`` gives why it did not work, "" where it did."""
        self._output, self._run, self._clock = output, run or run_within, clock
        self._ways = [[(which(one[0]), one) for one in way] for way in WAYS]
        self._on: bool | None = None
        self._again = 0.0

    def turn(self, on: bool) -> Switched | None:
        """Makes the panel so; None where it is so already, or where nothing can be done at the moment."""
        if self._on == on or self._clock() < self._again:
            return None
        failed: list[str] = []
        by = [name for way in self._ways if (name := self._switch(way, on, failed))]
        if by:
            self._on = on
            return Switched(on, ", ".join(by), "; ".join(failed))
        self._again = self._clock() + AGAIN
        return Switched(not on, "", "; ".join(failed)) if failed else None

    def _switch(self, way: Sequence[tuple[str | None, _Switch]], on: bool, failed: list[str]) -> str:
        """The first program of a way that works, "" where none does; whatever fails is told in ``failed``."""
        for path, (name, lit, dark, words) in way:
            if path is None:
                continue
            arguments = [one.format(output=self._output) for one in (lit if on else dark)]
            said = words.strip("{}").split("}|{")[0 if on else 1].encode() if words else b""
            why = self._run([path, *arguments], said)
            if not why:
                return name
            failed.append(f"{name}: {why}")
        return ""


def run_within(command: Sequence[str], said: bytes, seconds: float = WITHIN) -> str:
    """Runs a program to its end, which is made after ``seconds``; why it did not work, "" where it did."""
    try:
        # Its output goes nowhere: a pipe could be held open by a child of it that lives on.
        done = subprocess.run(
            command, input=said, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"hangs for {seconds:g} s"
    except OSError as error:
        return str(error.strerror)
    return f"exit {done.returncode}" if done.returncode else ""
