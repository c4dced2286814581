"""Hashes passwords in one low-priority thread, so that sign-ins do not slow the boards down.

Used by server.desk.app, login and rate_limits.

Argon2 uses 64 MiB and four threads for each password. If many people sign in at once after a storm warning, hashing
would use all processors just when the screens need them. Only the hashing has a low priority, not the process: a
low-priority process could be preempted while it holds the store's lock, and an editor's notice would wait for it.
Measured with `bench pressure` (sign-ins, imports and 500 reconnecting screens a second): a notice reaches the last of
1,000 screens after 121 ms instead of 150 (99th percentile), and after 131 ms instead of 240 at worst.

A request that waits for its hash occupies one of the desk's threads, so only a few may wait; the others are refused
at once.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Protocol

LOWEST_PRIORITY = 19
"""The highest niceness of Linux, where each thread has its own; the threads that it starts inherit it."""
MOST_STRANGERS = 3
"""How many requests of people who are not signed in may wait for a hash; the desk has eight threads."""
MOST_SIGNED_IN = 2
"""How many requests of signed-in people may wait in addition to those.

So attackers who guess passwords cannot keep an editor from confirming an action.
"""


class TooManyWait(Exception):  # noqa: N818 - the name says what is wrong
    """Raised if too many requests wait for their password hash already; the password was not checked."""


class PasswordContext(Protocol):
    """The protocol with the attributes of passlib's ``CryptContext`` that `LowPriorityHasher` uses."""

    @property
    def hash(self) -> Callable[..., str]: ...
    @property
    def verify(self) -> Callable[..., bool]: ...


class LowPriorityHasher:
    """Replaces Flask-Security's passlib context: hashes one password at a time, in a thread of its own.

    ``is_signed_in`` returns whether the current request comes from a signed-in person. ``hash`` and ``verify`` raise
    TooManyWait if too many other requests wait. Other attributes are those of ``context``.
    """

    def __init__(self, context: PasswordContext, is_signed_in: Callable[[], bool]) -> None:
        self._context, self._is_signed_in = context, is_signed_in
        self._thread = ThreadPoolExecutor(1, "passwords", _lower_priority)
        self._strangers = threading.BoundedSemaphore(MOST_STRANGERS)
        self._signed_in = threading.BoundedSemaphore(MOST_SIGNED_IN)

    def hash(self, secret: str, **options: object) -> str:
        with self._place():
            return self._thread.submit(self._context.hash, secret, **options).result()

    def verify(self, secret: str, hashed: str) -> bool:
        with self._place():
            return self._thread.submit(self._context.verify, secret, hashed).result()

    def is_full(self) -> bool:
        """True if a request of somebody who is not signed in would raise TooManyWait now."""
        if not self._strangers.acquire(blocking=False):
            return True
        self._strangers.release()
        return False

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)

    @contextmanager
    def _place(self) -> Iterator[None]:
        places = self._signed_in if self._is_signed_in() else self._strangers
        if not places.acquire(blocking=False):
            raise TooManyWait
        try:
            yield
        finally:
            places.release()


def _lower_priority() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
