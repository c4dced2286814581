"""The protocol for running database work, which may wait, outside the event loop; implemented by DbThread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from server.store.database.engine import Database

T = TypeVar("T")


class Offload(Protocol):
    """Calls ``work`` outside the event loop, with a database that only it uses, and returns its result."""

    def __call__(self, work: Callable[[Database], T], /) -> T: ...
