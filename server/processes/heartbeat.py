"""Lets the supervisor see that a process hangs: the process writes a byte into a pipe each time its main job runs.

Used by supervisor and by the worker. The supervisor notices a dead process by its exit code. A process that hangs
does not exit, so the supervisor notices it by missing heartbeats.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping

HEARTBEAT = "BANGTIN_PULSE"
_POLL_SECONDS = 0.5


def heartbeat(environment: Mapping[str, str]) -> Callable[[], None]:
    """A function for the supervised process to call each time its main job runs.

    It never waits, and does nothing if the process is not supervised.
    """
    if HEARTBEAT not in environment:
        return lambda: None
    descriptor = int(environment[HEARTBEAT])
    os.set_blocking(descriptor, False)

    def beat() -> None:
        try:
            os.write(descriptor, b".")
        except OSError:  # nobody reads any more, or the pipe is full
            return

    return beat


class Heartbeat:
    """The supervisor's end of the pipe; a process hangs if its last beat is more than ``silence`` seconds old.

    A process that has not yet sent its first beat does not count as hanging. ``writer`` is the file descriptor that
    the process inherits; its number is passed in the environment variable that HEARTBEAT names.
    """

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._reader, self.writer = os.pipe()
        os.set_blocking(self._reader, False)

    def wait(self, process: subprocess.Popen[bytes]) -> tuple[int, bool]:
        """Waits until the process has ended: (exit code, whether it was killed because it hung)."""
        last: float | None = None
        while process.poll() is None:
            ready, _, _ = select.select([self._reader], [], [], _POLL_SECONDS)
            if ready and os.read(self._reader, 1 << 16):
                last = time.monotonic()
            if last is not None and time.monotonic() - last > self._silence:
                process.kill()
                return process.wait(), True
        return process.wait(), False

    def close(self) -> None:
        os.close(self._reader)
        os.close(self.writer)
