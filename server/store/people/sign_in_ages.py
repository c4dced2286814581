"""Measures the ages of sign-ins by the monotonic clock, so that setting the system's clock signs nobody out.

The desk's process makes one `SignInAges`, the server's process another for the desk's live page of screens
(server.live.screens.wall); both pass it to `sign_ins.alive`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock

MOST = 10_000


@dataclass(slots=True)
class _Known:
    """When a sign-in began and when it was last used, in seconds of the monotonic clock."""

    began: float
    used: float


class SignInAges:
    """Remembers when each sign-in that this process has seen began and was last used.

    Keeps the ``MOST`` most recently used sign-ins. May be used from several threads.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = Lock()

    def of(self, id: str) -> tuple[float, float] | None:
        """Seconds since a sign-in began and since it was last used; None if this process does not know it."""
        now = self._monotonic()
        with self._lock:
            known = self._known.get(id)
            return None if known is None else (now - known.began, now - known.used)

    def used(self, id: str, age: float) -> None:
        """Record that a sign-in is used now.

        ``age`` is the number of seconds since it began; it matters only at the first call for this ``id``.
        """
        now = self._monotonic()
        with self._lock:
            known = self._known.setdefault(id, _Known(now - age, now))
            known.used = now
            self._known.move_to_end(id)
            while len(self._known) > MOST:
                self._known.popitem(last=False)
