"""Waits for SIGINT and SIGTERM in the main thread; called by the supervisor and cli.processes.

The signal handlers write into a SimpleQueue, because its ``put`` is safe in a handler (it is reentrant). Setting a
threading.Event is not: if the handler interrupts the thread while that holds the Event's lock, it waits for ever.
"""

from __future__ import annotations

import queue
import signal
import threading

# The wait has a timeout, because a signal that another thread receives would not end a wait without one.
LOOK_SECONDS = 0.2


class StopSignals:
    """Handles SIGINT and SIGTERM from its creation on; must be created in the main thread."""

    def __init__(self) -> None:
        self._received: queue.SimpleQueue[int] = queue.SimpleQueue()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, lambda number, _: self._received.put(number))

    def wait(self, stopping: threading.Event) -> None:
        """Waits for a signal and then sets ``stopping``; returns also when another thread has set ``stopping``."""
        while not stopping.is_set():
            try:
                self._received.get(timeout=LOOK_SECONDS)
            except queue.Empty:
                continue
            stopping.set()
