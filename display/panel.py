"""The panel's power: when it is due by hours and notices, and the program that switches it; called by guard.py."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo

# The first that the device has: the window system's own, then the cable's.
SWITCHES: tuple[tuple[str, tuple[str, ...], tuple[str, ...], str], ...] = (
    ("wlr-randr", ("--output", "{output}", "--on"), ("--output", "{output}", "--off"), ""),
    ("cec-client", ("-s", "-d", "1"), ("-s", "-d", "1"), "{on 0}|{standby 0}"),
    ("xset", ("dpms", "force", "on"), ("dpms", "force", "off"), ""),
)
WITHIN = 10


def due_on(state: Mapping[str, Any] | None, now: int) -> bool:
    """Whether the panel should be on at ``now`` (server milliseconds). Nothing known: on.

    An urgent notice wakes it, also in dark mode's closed hours; dark mode itself is the page's black, kept on.
    """
    if not state:
        return True
    if any(one["level"] == "urgent" and now < one["until"] for one in state.get("notices", ())):
        return True
    hours = state["board"]["hours"]
    if not hours:
        return True
    time = f"{datetime.fromtimestamp(now / 1000, UTC).astimezone(ZoneInfo(state['board']['zone'])):%H:%M}"
    return any((start <= time < end) if start < end else (time >= start or time < end) for start, end in hours)


class Panel:
    """Switches once at each change; a device without any of the programs is left alone."""

    def __init__(
        self,
        output: str = "HDMI-A-1",
        which: Callable[[str], str | None] = shutil.which,
        run: Callable[[Sequence[str], bytes], None] | None = None,
    ) -> None:
        self._output, self._run = output, run or _run
        self._switch = next((one for one in SWITCHES if which(one[0])), None)
        self.on: bool | None = None

    def turn(self, on: bool) -> bool:
        """True where it was switched just now."""
        if self.on == on or self._switch is None:
            return False
        self.on = on
        program, lit, dark, words = self._switch
        arguments = [one.format(output=self._output) for one in (lit if on else dark)]
        said = words.strip("{}").split("}|{")[0 if on else 1].encode() if words else b""
        self._run([program, *arguments], said)
        return True


def _run(command: Sequence[str], said: bytes) -> None:
    try:
        subprocess.run(command, input=said, capture_output=True, timeout=WITHIN, check=False)
    except (OSError, subprocess.TimeoutExpired):
        return
