"""The shape of a document with what it must be read as, for the tables beside it; compared by test_worldwide.py."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Case:
    """A document in the manner of a source. ``expected`` maps a path ("infos.0.event") to its value.

    What is not named is not compared, except ``notes`` (none) and ``draft_only`` (False).
    """

    name: str
    body: str
    expected: Mapping[str, object]
    encoding: str = "utf-8"
    zone: str = "Asia/Ho_Chi_Minh"
    notes: tuple[str, ...] = field(default=())
    draft_only: bool = False


def value_at(thing: object, path: str) -> object:
    """The value that ``path`` leads to: names of fields and places in tuples, divided by points."""
    for step in path.split("."):
        if step.isdigit() and isinstance(thing, tuple):
            thing = thing[int(step)]
        elif step == "len" and isinstance(thing, tuple):
            thing = len(thing)
        else:
            thing = getattr(thing, step)
    return thing
