"""Runs echo_server as a process; used by the tests of client libraries, of the protocols and of Redis."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.paths import ROOT


class Echo:
    """A running echo_server on a free port.

    ``interval`` and ``timeout`` of its pings are seconds; ``queue`` is the URL of a Redis, or empty.
    """

    def __init__(self, fanout: str, log: Path, interval: float = 5, timeout: float = 5, queue: str = "") -> None:
        self.log, self.fanout = log, fanout
        with log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.live.echo_server", fanout, "0", str(interval), str(timeout), queue],
                cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=errors, text=True, bufsize=1,
            )  # fmt: skip
        self.port = int(self._line())

    def _line(self) -> str:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        assert line, self.log.read_text()
        return line

    def tell(self, order: str) -> dict[str, Any]:
        """Sends one line to the server's standard input and returns its answer."""
        assert self._process.stdin is not None
        self._process.stdin.write(f"{order}\n")
        found: dict[str, Any] = json.loads(self._line())
        return found

    def connected(self) -> int:
        """The number of Engine.IO sockets that the server has now."""
        return int(self.tell("look")["connected"])

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()
