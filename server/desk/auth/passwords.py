"""Hashing of passwords in one thread that stands back, so that sign-ins cost the boards nothing; used by the door.

Argon2 takes 64 MiB and four threads for each password. Where a commune's people sign in together after a storm
warning, they would have the machine for themselves just when screens need it. Only the hashing stands back: a whole
process that did so could be pushed aside while it holds the store's lock, and an editor's notice would wait for it.
Measured (`bench pressure`, sign-ins, imports and 500 returns a second together): the last of 1,000 screens has a
notice after 121 ms at p99 instead of 150, after 131 at worst instead of 240.
"""

from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

LAST = 19
"""Linux's niceness of who runs when nobody else wants to; it is a thread's own there, and its threads inherit it."""


class Unhurried:
    """Stands where Flask-Security has a passlib context: what is dear waits its turn, however many ask at once."""

    def __init__(self, context: Any) -> None:
        self._context = context
        self._one_at_a_time = ThreadPoolExecutor(1, "passwords", _stand_back)

    def hash(self, secret: str, **options: Any) -> str:
        return str(self._one_at_a_time.submit(self._context.hash, secret, **options).result())

    def verify(self, secret: str, hashed: str) -> bool:
        return bool(self._one_at_a_time.submit(self._context.verify, secret, hashed).result())

    def __getattr__(self, name: str) -> Any:
        return getattr(self._context, name)


def _stand_back() -> None:
    os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), LAST)
