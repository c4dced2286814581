"""Sends and receives the heartbeats of supervised processes: bytes that a process writes into a pipe.

A process writes one byte each time its main job runs.

Called by the supervisor and, for the process that it supervises, by cli.processes. A process that hangs does not
exit; the supervisor detects it by the missing heartbeats.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping

HEARTBEAT = "BANGTIN_PULSE"
# How long the first heartbeat may take. The first start after an update migrates the tables, which takes minutes on a
# small machine with years of receipts.
START_SECONDS = 900.0
_POLL_SECONDS = 0.5
_LONGEST_LOOK = 2.0


def heartbeat(environment: Mapping[str, str]) -> Callable[[], None]:
    """Returns the function that a supervised process calls each time its main job runs; it sends a heartbeat.

    The function never waits, and does nothing if ``environment`` shows that the process is not supervised.
    """
    if HEARTBEAT not in environment:
        return lambda: None
    descriptor = int(environment[HEARTBEAT])
    os.set_blocking(descriptor, False)

    def beat() -> None:
        try:
            os.write(descriptor, b".")
        except OSError:  # the supervisor has ended, or the pipe is full
            return

    return beat


class Heartbeat:
    """The supervisor's side of the pipe. A process hangs if no heartbeat has come for ``silence`` seconds.

    The first heartbeat may take ``start`` seconds. ``writer`` is the file descriptor that the process inherits; its
    number is passed in the environment variable that HEARTBEAT names.
    """

    def __init__(self, silence: float, start: float = START_SECONDS) -> None:
        self._silence, self._start = silence, start
        # Whether a heartbeat has come, which means that the process has finished its start.
        self.heard = False
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)

    def wait(self, process: subprocess.Popen[bytes]) -> tuple[int, bool]:
        """Waits until the process has ended, and kills it if it hangs. Returns (exit code, whether it was killed)."""
        silent = 0.0
        while process.poll() is None:
            begun = time.monotonic()
            ready, _, _ = select.select([self._reader], [], [], _POLL_SECONDS)
            if ready and os.read(self._reader, 1 << 16):
                self.heard, silent = True, 0.0
            # At most _LONGEST_LOOK seconds count for each loop: if the machine was suspended, so was the process.
            silent += min(time.monotonic() - begun, _LONGEST_LOOK)
            if silent > (self._silence if self.heard else self._start):
                process.kill()
                return process.wait(), True
        return process.wait(), False

    def close(self) -> None:
        os.close(self._reader)
        os.close(self.writer)
