"""Leaves out items that cannot be drawn, so that the others are shown; used by content, live and desk."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

import structlog

from server.store.database.errors import StoreError

log = structlog.get_logger("director")
T = TypeVar("T")


class ItemFaults:
    """Records, for each board, which items could not be drawn when its content was last made, and why."""

    def __init__(self) -> None:
        self._faults: dict[str, dict[str, str]] = {}
        self._before: dict[str, dict[str, str]] = {}

    def begin(self, board: str, *, of: str = "") -> None:
        """Forgets the faults of the board's items; with ``of``, only of items whose key begins with it.

        Called before these items are drawn.
        """
        known = self._faults.pop(board, {})
        self._before[board] = known
        self._faults[board] = {key: fault for key, fault in known.items() if not key.startswith(of)}

    def attempt(self, board: str, key: str, make: Callable[[], T]) -> T | None:
        """Returns what ``make`` returns. If it raises an exception, records that for the item ``key``; returns None.

        The exception is logged unless the item raised the same one when the board's content was last made. StoreError
        is raised to the caller, because the item does not cause it.
        """
        try:
            return make()
        except StoreError:
            raise
        except Exception as error:
            # Any fault of a template, of a picture or of code for one kind of item: the other items must be shown.
            fault = repr(error)
            if self._before.get(board, {}).get(key) != fault and self._faults.get(board, {}).get(key) != fault:
                log.exception("item left out", board=board, item=key)
            self._faults.setdefault(board, {})[key] = fault
            return None

    def items(self) -> dict[str, set[str]]:
        """Returns key of each item with a fault -> slugs of the boards from which it was left out."""
        found: dict[str, set[str]] = {}
        for board, faults in self._faults.items():
            for key in faults:
                found.setdefault(key, set()).add(board)
        return found
