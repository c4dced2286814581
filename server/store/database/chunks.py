"""Splits long lists of values, because SQL statements have a limited number of parameters; called by server.store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

_SIZE = 300
T = TypeVar("T")


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """Split ``values`` into slices of at most 300 items, in order."""
    return (values[at : at + _SIZE] for at in range(0, len(values), _SIZE))
