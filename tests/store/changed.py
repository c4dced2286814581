"""``dataclasses.replace`` for fields that a test names in a parameter, which no type checker knows."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

V = TypeVar("V")


def changed(value: V, **fields: object) -> V:
    """``value``, a dataclass, with other ``fields``."""
    unchecked: Callable[..., V] = replace
    return unchecked(value, **fields)
