"""Leaves out items that cannot be drawn, so that the others are shown; used by content, live and desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from server.store.database.errors import StoreError

log = structlog.get_logger("director")
T = TypeVar("T")


class ItemFaults:
    """For each board, the items that could not be drawn when the board was last composed, and why."""

    def __init__(self) -> None:
        self._faults: dict[str, dict[str, str]] = {}
        self._before: dict[str, dict[str, str]] = {}

    def begin(self, board: str, *, of: str = "") -> None:
        """Forgets the faults of the board's items whose key begins with ``of``; called before these are drawn."""
        known = self._faults.pop(board, {})
        self._before[board] = known
        self._faults[board] = {key: fault for key, fault in known.items() if not key.startswith(of)}

    def attempt(self, board: str, key: str, make: Callable[[], T]) -> T | None:
        """Returns what ``make`` returns, or None if it raises, and then records the fault of the item ``key``.

        A fault is logged unless the item had the same one when its board was last composed. StoreError is passed on,
        because the item does not cause it.
        """
        try:
            return make()
        except StoreError:
            raise
        except Exception as error:
            fault = repr(error)
            if self._before.get(board, {}).get(key) != fault and self._faults.get(board, {}).get(key) != fault:
                log.exception("item left out", board=board, item=key)
            self._faults.setdefault(board, {})[key] = fault
            return None

    def items(self) -> dict[str, set[str]]:
        """The key of each faulty item -> the slugs of the boards from which it was left out."""
        found: dict[str, set[str]] = {}
        for board, faults in self._faults.items():
            for key in faults:
                found.setdefault(key, set()).add(board)
        return found
