"""Splits long lists for statements, whose number of parameters is limited; called by server.store.screens."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeVar

_SIZE = 300
T = TypeVar("T")


def chunks(values: Sequence[T]) -> Iterable[Sequence[T]]:
    """``values`` in order, in slices of at most 300."""
    return (values[at : at + _SIZE] for at in range(0, len(values), _SIZE))
