"""How a supervised process says that it still turns: a byte into a pipe at every beat; used by supervise and worker.

A process that is dead is seen by its end; one that hangs only by its silence.
"""

from __future__ import annotations

import os
import select
import subprocess
import time
from collections.abc import Callable, Mapping

HEARTBEAT = "BANGTIN_PULSE"
_LOOK_SECONDS = 0.5


def heartbeat(environment: Mapping[str, str]) -> Callable[[], None]:
    """What a supervised process calls at every beat; it never waits, and does nothing where nobody listens."""
    if HEARTBEAT not in environment:
        return lambda: None
    descriptor = int(environment[HEARTBEAT])
    os.set_blocking(descriptor, False)

    def beat() -> None:
        try:
            os.write(descriptor, b".")
        except OSError:  # nobody listens any more, or the pipe is full of beats
            return

    return beat


class Heartbeat:
    """The listening end. ``silence``: so many seconds without a beat, after the first one, are too many."""

    def __init__(self, silence: float) -> None:
        self._silence = silence
        self._hears, self.says = os.pipe()
        os.set_blocking(self._hears, False)

    def wait(self, process: subprocess.Popen[bytes]) -> tuple[int, bool]:
        """(exit code, whether it had to be killed because it hung)."""
        last: float | None = None
        while process.poll() is None:
            ready, _, _ = select.select([self._hears], [], [], _LOOK_SECONDS)
            if ready and os.read(self._hears, 1 << 16):
                last = time.monotonic()
            if last is not None and time.monotonic() - last > self._silence:
                process.kill()
                return process.wait(), True
        return process.wait(), False

    def close(self) -> None:
        os.close(self._hears)
        os.close(self.says)
