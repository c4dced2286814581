"""Hashes passwords in one low-priority thread, so that sign-ins do not slow the boards down; used by login.

Argon2 takes 64 MiB and four threads for each password. If the people of a commune sign in together after a storm
warning, they would take the whole machine just when screens need it. Only the hashing has a low priority, not the
process: a low-priority process could be preempted while it holds the store's lock, and an editor's notice would wait
for it. Measured (`bench pressure`, sign-ins, imports and 500 returns a second together): the last of 1,000 screens
has a notice after 121 ms at p99 instead of 150, after 131 at worst instead of 240.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Protocol

LOWEST_PRIORITY = 19
"""Linux's highest niceness; there it belongs to a thread, and the threads that it starts inherit it."""


class PasswordContext(Protocol):
    """What `LowPriorityHasher` uses of passlib's ``CryptContext``."""

    @property
    def hash(self) -> Callable[..., str]: ...
    @property
    def verify(self) -> Callable[..., bool]: ...


class LowPriorityHasher:
    """Replaces Flask-Security's passlib context: hashes one password at a time, in a thread of its own."""

    def __init__(self, context: PasswordContext) -> None:
        self._context = context
        self._thread = ThreadPoolExecutor(1, "passwords", _lower_priority)

    def hash(self, secret: str, **options: object) -> str:
        return self._thread.submit(self._context.hash, secret, **options).result()

    def verify(self, secret: str, hashed: str) -> bool:
        return self._thread.submit(self._context.verify, secret, hashed).result()

    def __getattr__(self, name: str) -> object:
        return getattr(self._context, name)


def _lower_priority() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LOWEST_PRIORITY)
