"""Runs hub_server.py, the real hub with fake boards, as a process; used by the tests of the hub."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Any

from tests.paths import ROOT

HALL = "hoi-truong"
SOON = 60.0
# A body so large that it is sent in several messages.
LARGE = '<p class="x">Nước sông lên\n</p>' * 3_000


class Process:
    """A running hub_server; ``errors`` returns what it has written to stderr."""

    def __init__(self, log: Path, fanout: str, patience: float = 10.0, viewers: int = 100) -> None:
        self._log, self.fanout = log, fanout
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.live.broadcast.hub_server", fanout, str(patience), str(viewers)],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True,
            )  # fmt: skip
        self.port = int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.errors()
        return line

    def tell(self, **order: Any) -> dict[str, Any]:
        order = {"level": "priority", **order}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        found: dict[str, Any] = json.loads(self._line())
        return found

    def look(self) -> dict[str, Any]:
        return self.tell(do="look")

    def look_until(self, true: Any) -> dict[str, Any]:
        """Asks for the hub's state until ``true(state)`` holds, for at most a minute; returns the last state."""
        deadline = monotonic() + SOON
        nobody = Event()
        while not true(seen := self.look()) and monotonic() < deadline:
            nobody.wait(0.02)
        return seen

    def errors(self) -> str:
        return self._log.read_text(encoding="utf-8")

    def close(self) -> None:
        self._process.kill()
        self._process.wait()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe is not None:
                pipe.close()
