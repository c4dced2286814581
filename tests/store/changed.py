"""``dataclasses.replace`` without type checking, for tests that get the name of a field as a parameter."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

V = TypeVar("V")


def changed(value: V, **fields: object) -> V:
    """A copy of the dataclass ``value`` with other values for ``fields``."""
    unchecked: Callable[..., V] = replace
    return unchecked(value, **fields)
