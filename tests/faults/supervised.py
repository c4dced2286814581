"""A station whose processes run under the supervisor of `run.py`, as in production; it restarts a killed process."""

from __future__ import annotations

import os
import signal
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from tests.station import Station, until


@dataclass(slots=True)
class SupervisedStation(Station):
    """A station started by plain ``run.py``: the supervisor starts server and worker, the server starts the desk."""

    supervisor: subprocess.Popen[bytes] | None = None

    def start(self, *, worker: bool = True) -> Self:
        """Starts the supervisor, which always starts the worker too; returns when the server answers."""
        assert worker, "the supervisor always starts the worker"
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "serve.log").open("ab") as log:
            self.supervisor = subprocess.Popen(
                self._command(), stdin=subprocess.DEVNULL, stdout=log, stderr=log, env=self._environment()
            )
        until(self.answers, "the server answers")
        return self

    def child(self, command: str) -> int:
        """The process id of the supervisor's child that runs ``command`` (serve or worker); 0 while there is none."""
        assert self.supervisor is not None
        children = Path(f"/proc/{self.supervisor.pid}/task").glob("*/children")
        for pid in (int(word) for one in children for word in one.read_text().split()):
            try:
                words = Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
            except OSError:
                continue
            if command.encode() in words:
                return pid
        return 0

    def kill9_server(self) -> None:
        """Kills the server with SIGKILL, even while it is starting."""
        os.kill(until(lambda: self.child("serve"), "a server to kill"), signal.SIGKILL)

    def restart(self) -> None:
        """Waits until the supervisor has started the server again."""
        until(self.answers, "the server answers")

    def close(self) -> None:
        if self.supervisor is not None and self.supervisor.poll() is None:
            self.supervisor.terminate()
            self.supervisor.wait(30)
        Station.close(self)
