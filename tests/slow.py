"""Splits the values of a parametrized test between the gate and `make soak`; used by modules that repeat one rule."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import pytest


def slow_unless(in_gate: Collection[object], values: Iterable[object]) -> list[object]:
    """The values in their order; all but those in ``in_gate`` are marked slow, so only `make soak` runs them."""
    return [value if value in in_gate else pytest.param(value, marks=pytest.mark.slow) for value in values]
