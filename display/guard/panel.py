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
# Two ways to switch a panel: through the window system (sway needs no name of the output), and by CEC, the remote
# control over the HDMI cable. Both are used, because a television without a signal shows a blue message for minutes,
# and one without CEC ignores the command. For each way the programs are tried in order until one works. A program is
# (name, arguments for on, arguments for off, standard input as "{on}|{off}").
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
"""Seconds until the next attempt after a panel could not be switched, for example because none is plugged in."""


def due_on(state: Payload | None, now: int) -> bool:
    """Whether the panel should be on at ``now`` (server milliseconds).

    True during the board's ``hours``, pairs of times such as ["07:00", "21:30"]. Always true without a state, for a
    board without hours, if the time zone is unknown on this device, and while an urgent notice is in force. Dark mode
    does not switch the panel off: the page is black then.
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
    """An attempt to switch the panel.

    ``on`` is whether the panel is on afterwards, ``by`` names the programs that worked ("" if none did), ``why``
    lists the programs that failed and their reasons.
    """

    on: bool
    by: str
    why: str


class Panel:
    """Switches the panel's power in both ways of WAYS: through the window system and by HDMI-CEC.

    If none of the programs of a way is installed, that way is not used.
    """

    def __init__(
        self,
        output: str = "HDMI-A-1",
        which: Callable[[str], str | None] = shutil.which,
        run: Callable[[Sequence[str], bytes], str] | None = None,
        clock: Callable[[], float] = monotonic,
    ) -> None:
        """Prepares switching. ``output`` is the panel's name for wlr-randr, ``which`` finds a program's path.

        ``run`` runs a command with the given bytes as standard input; it returns why the command failed, or "" if it
        succeeded.
        """
        self._output, self._run, self._clock = output, run or run_within, clock
        self._ways = [[(which(one[0]), one) for one in way] for way in WAYS]
        self._on: bool | None = None
        self._again = 0.0

    def turn(self, on: bool) -> Switched | None:
        """Switches the panel on or off and returns the attempt, which may have failed; None if nothing was tried.

        Nothing is tried if the panel is already in the wanted state, if no program is installed, or within AGAIN
        seconds after a failed attempt.
        """
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
        """Runs the programs of one entry of WAYS in order until one works; returns its name, "" if none works.

        ``way`` has each program with its path, or None if it is not installed. Each failure adds a text to
        ``failed``.
        """
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
    """Runs a program with ``typed`` as its standard input, and kills it after ``seconds``.

    Returns why it failed, "" on success.
    """
    try:
        # No pipe for the output: a child of the program that lives on would keep the pipe open.
        done = subprocess.run(
            command, input=typed, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, timeout=seconds, check=False
        )
    except subprocess.TimeoutExpired:
        return f"hangs for {seconds:g} s"
    except OSError as error:
        return str(error.strerror)
    return f"exit {done.returncode}" if done.returncode else ""
