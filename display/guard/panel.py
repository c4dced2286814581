"""Switches the panel's power by the board's hours and urgent notices; called by guard.py."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from time import monotonic
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from display.guard.messages import Payload

_Switch = tuple[str, tuple[str, ...], tuple[str, ...], str]
# Two ways to switch a panel: through the window system (sway needs no name of the output), and by CEC over the HDMI
# cable. Both are used, because a television without a signal shows a blue message for minutes, and one without CEC
# ignores the command. Of each way the first program that works is run: (name, arguments for on, arguments for off,
# standard input as "{on}|{off}").
WAYS: tuple[tuple[_Switch, ...], ...] = (
    (
        ("swaymsg", ("output * dpms on",), ("output * dpms off",), ""),
        ("wlr-randr", ("--output", "{output}", "--on"), ("--output", "{output}", "--off"), ""),
        ("xset", ("dpms", "force", "on"), ("dpms", "force", "off"), ""),
    ),
    (("cec-client", ("-s", "-d", "1"), ("-s", "-d", "1"), "{on 0}|{standby 0}"),),
)
WITHIN = 5.0
"""Seconds after which a program that switches the panel is killed."""
AGAIN = 60.0
"""Seconds after which a panel that could not be switched (nothing plugged in, say) is tried again."""


def due_on(state: Payload | None, now: int) -> bool:
    """Whether the panel should be on at ``now`` (server milliseconds).

    True during the board's ``hours``. Always true without a state, for a board without hours, if the time zone
    is unknown on this device, and while an urgent notice is in force. Dark mode does not switch the panel off: the
    page is black then.
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
    """An attempt: whether the panel is ``on`` afterwards, ``by`` which programs, and ``why`` others failed."""

    on: bool
    by: str
    why: str


class Panel:
    """Switches the panel's power once at each change, by every way that works; without a program it does nothing."""

    def __init__(
        self,
        output: str = "HDMI-A-1",
        which: Callable[[str], str | None] = shutil.which,
        run: Callable[[Sequence[str], bytes], str] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """``which`` finds a program's path; ``run`` returns why it failed, "" where it succeeded."""
        self._output, self._run, self._clock = output, run or run_within, clock
        self._ways = [[(which(one[0]), one) for one in way] for way in WAYS]
        self._on: bool | None = None
        self._again = 0.0

    def turn(self, on: bool) -> Switched | None:
        """Switches the panel; None where it is so already, where no program is installed, or before AGAIN is over."""
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
        """The name of the first program that works, "" where none does; failures are added to ``failed``."""
        for path, (name, lit, dark, words) in way:
            if path is None:
                continue
            arguments = [one.format(output=self._output) for one in (lit if on else dark)]
            typed = words.strip("{}").split("}|{")[0 if on else 1].encode() if words else b""
            why = self._run([path, *arguments], typed)
            if not why:
                return name
            failed.append(f"{name}: {why}")
        return ""


def run_within(command: Sequence[str], typed: bytes, seconds: float = WITHIN) -> str:
    """Runs a program with ``typed`` as its input, kills it after ``seconds``.

    Returns why it failed, "" on success.
    """
    try:
        # Its output is dropped: a child of it that lives on could hold a pipe open.
        done = subprocess.run(
            command, input=typed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"hangs for {seconds:g} s"
    except OSError as error:
        return str(error.strerror)
    return f"exit {done.returncode}" if done.returncode else ""
