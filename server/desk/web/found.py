"""Reads the object that an address of the desk names, or answers 404; called by views."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

from flask import abort

from server.core.policy import Right
from server.desk.web.context import desk
from server.store.database.engine import Database
from server.store.database.errors import NotFound

Key = TypeVar("Key")
Found = TypeVar("Found")


class OfAreas(Protocol):
    """An object that belongs to several areas (slugs), such as a receiver of events."""

    @property
    def areas(self) -> tuple[str, ...]: ...


FoundOfAreas = TypeVar("FoundOfAreas", bound=OfAreas)


def found_or_404(read: Callable[[Database, Key], Found], key: Key) -> Found:
    """Returns what ``read`` finds in the store under ``key``; answers 404 if it raises NotFound."""
    try:
        return read(desk.db, key)
    except NotFound:
        abort(404)


def managed_or_404(read: Callable[[Database, Key], FoundOfAreas], key: Key, right: Right) -> FoundOfAreas:
    """Returns what ``read`` finds; answers 404 if there is none or the user lacks ``right`` in one of its areas."""
    found = found_or_404(read, key)
    if not may_manage(found, right):
        abort(404)
    return found


def may_manage(one: OfAreas, right: Right) -> bool:
    """True if the user holds ``right`` in every area of ``one``."""
    return all(desk.may(right, area) for area in one.areas)
