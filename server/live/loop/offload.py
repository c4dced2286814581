"""The protocol for work that may wait and must not run on the loop; implemented by DbThread."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from server.store.database.engine import Database

T = TypeVar("T")


class Offload(Protocol):
    """Calls ``work`` with a database connection of its own, off the loop, and returns its result."""

    def __call__(self, work: Callable[[Database], T], /) -> T: ...
