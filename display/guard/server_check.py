"""Checks whether the server of a page accepts connections; called by guard.py."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from display.guard.background_task import BackgroundTask


class ServerCheck:
    """Tries to connect to the server of ``address``, each time for at most ``seconds``.

    ``connect`` takes host, port and seconds, and raises OSError if it fails.
    """

    def __init__(self, address: str, connect: Callable[[str, int, float], None], seconds: float) -> None:
        parts = urlsplit(address)
        self._host, self._port = parts.hostname or "", parts.port or (443 if parts.scheme == "https" else 80)
        self._connect, self._seconds = connect, seconds
        self._running: BackgroundTask | None = None

    def answers(self) -> bool:
        """Whether the server accepts connections; False if that is still unknown after the time limit."""
        # Resolving the host name may take a minute; systemd's watchdog does not wait that long for this thread.
        task = self._running or BackgroundTask(lambda: self._connect(self._host, self._port, self._seconds))
        why = task.why(self._seconds)
        self._running = task if why is None else None
        return why == ""
