"""The protocol of work that may wait and must not run on the loop; DbThread does it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from server.store.database.engine import Database

T = TypeVar("T")


class Offload(Protocol):
    """Runs work that may wait on a connection of its own, where it keeps nothing else waiting; gives its result."""

    def __call__(self, work: Callable[[Database], T], /) -> T: ...
