"""Compares two texts word by word; called by the desk where it shows what an edit changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from itertools import groupby
from typing import Literal

_TOKEN = re.compile(r"\s+|\S+")


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of text: in both texts ("same"), only in the "old" one or only in the "new" one."""

    kind: Literal["same", "old", "new"]
    text: str


def word_difference(old: str, new: str) -> tuple[Part, ...]:
    """Returns both texts as one list of parts, in order.

    The "same" and "old" parts joined are ``old``, the "same" and "new" parts joined are ``new``, without carriage
    returns. Blanks between two changed words belong to the change, so that a rewritten sentence is one part and not
    one for each word.
    """
    before, after = _TOKEN.findall(old.replace("\r", "")), _TOKEN.findall(new.replace("\r", ""))
    steps = SequenceMatcher(None, before, after, autojunk=False).get_opcodes()
    pairs = [("".join(before[a:b]), "".join(after[c:d])) for _, a, b, c, d in steps]
    last = len(pairs) - 1

    def same(at: int) -> bool:
        was, now = pairs[at]
        return was == now and (at in (0, last) or not was.isspace())

    found: list[Part] = []
    for unchanged, numbers in groupby(range(len(pairs)), same):
        run = [pairs[at] for at in numbers]
        was, now = "".join(one for one, _ in run), "".join(one for _, one in run)
        parts = [Part("same", was)] if unchanged else [Part("old", was), Part("new", now)]
        found += [part for part in parts if part.text]
    return tuple(found)
