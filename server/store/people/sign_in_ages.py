"""Measures the ages of sign-ins by the monotonic clock, so that setting the system's clock signs nobody out.

The desk's process makes one `SignInAges`, the server's process another for the desk's live page of screens
(server.live.screens.wall), where sign-ins are not used but only looked at.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

MOST = 10_000


@dataclass(slots=True)
class _Known:
    """When a sign-in began and when it was last used, in seconds of the monotonic clock.

    ``seen`` is the time of last use that the store held at the last call of `SignInAges.looked_at`; None in a process
    that calls only `SignInAges.used`.
    """

    began: float
    used: float
    seen: datetime | None = None


class SignInAges:
    """Remembers when each sign-in that this process has seen began and was last used.

    Keeps the ``MOST`` most recently used sign-ins. May be used from several threads.
    """

    def __init__(self, monotonic: Callable[[], float]) -> None:
        self._monotonic = monotonic
        self._known: OrderedDict[str, _Known] = OrderedDict()
        self._lock = Lock()

    def of(self, id: str) -> tuple[float, float] | None:
        """Returns (seconds since a sign-in began, seconds since its last use).

        None if this process never saw the sign-in or has forgotten it.
        """
        now = self._monotonic()
        with self._lock:
            known = self._known.get(id)
            return None if known is None else (now - known.began, now - known.used)

    def looked_at(self, id: str, seen: datetime, age: float, idle: float) -> None:
        """Record ``seen``, the time at which a sign-in was last used according to the store.

        For a process in which sign-ins are not used. If ``seen`` differs from the last call, the sign-in has been
        used since. ``age`` and ``idle`` are the seconds since it began and since it was used; they matter only at the
        first call for this ``id``.
        """
        now = self._monotonic()
        with self._lock:
            known = self._known.setdefault(id, _Known(now - age, now - idle, seen))
            if known.seen != seen:
                known.used, known.seen = now, seen
            self._forget_oldest(id)

    def used(self, id: str, age: float) -> None:
        """Record that a sign-in is used now.

        ``age`` is the number of seconds since it began; it matters only at the first call for this ``id``.
        """
        now = self._monotonic()
        with self._lock:
            known = self._known.setdefault(id, _Known(now - age, now))
            known.used = now
            self._forget_oldest(id)

    def _forget_oldest(self, latest: str) -> None:
        self._known.move_to_end(latest)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
