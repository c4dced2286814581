"""The protocol for running database work, which may wait, outside the event loop; implemented by DbThread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from server.store.database.engine import Database

T = TypeVar("T")


class Offload(Protocol):
    """Calls ``work`` with a database of its own, outside the event loop, and returns its result."""

    def __call__(self, work: Callable[[Database], T], /) -> T: ...
