"""Whether two headlines tell of the same thing; pure, asked by the store when stories are taken in.

Numbers count: "Bão số 3" and "Bão số 4" are two stories however alike their words are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

WITHIN = timedelta(days=2)
_ALIKE = 0.8  # of all words of both, so many stand in both
_LEAST_WORDS = 5
_TELLING_WORDS = 8
_TEXTS_ALIKE = 0.8
_MOST_COMPARED = 400
_WORD = re.compile(r"[^\W_]+")


def headline_key(title: str) -> str:
    """The words of a headline alone: no case, no signs, one blank between two."""
    return " ".join(words(title))


def words(title: str) -> list[str]:
    return _WORD.findall(unicodedata.normalize("NFC", title).casefold())


def near(one: str, other: str) -> bool:
    """Whether the headlines are equal but for a word or two; short ones must be equal, and numbers always."""
    return _near(words(one), words(other))


def confirmed(title: str, mine: str, theirs: str) -> bool:
    """Whether texts under near headlines may be one story: a short one ("Lịch tiếp công dân") tells nothing."""
    if len(words(title)) >= _TELLING_WORDS:
        return True
    one, other = set(words(mine)), set(words(theirs))
    return bool(one and other) and len(one & other) >= _TEXTS_ALIKE * min(len(one), len(other))


def _near(mine: list[str], theirs: list[str]) -> bool:
    if mine == theirs:
        return bool(mine)
    if min(len(mine), len(theirs)) < _LEAST_WORDS or _numbers(mine) != _numbers(theirs):
        return False
    both, all_of_them = set(mine) & set(theirs), set(mine) | set(theirs)
    return len(both) >= _ALIKE * len(all_of_them)


def _numbers(found: list[str]) -> list[str]:
    return sorted(word for word in found if any(sign.isdigit() for sign in word))


class Headlines:
    """Many headlines, asked which of them is nearest to one: by their rarest words, not one by one."""

    def __init__(self, titles: Mapping[int, str]) -> None:
        self._words = {key: words(title) for key, title in titles.items()}
        self._equal: dict[str, list[int]] = defaultdict(list)
        self._snapshot_of: dict[str, list[int]] = defaultdict(list)
        for key, found in self._words.items():
            self._equal[" ".join(found)].append(key)
            for word in set(found):
                self._snapshot_of[word].append(key)

    def like(self, title: str) -> Iterable[int]:
        """Keys of those that are equal, else of those that are near, smallest first.

        Of n words at least 80 % must be shared, so one of the rarest few is: only who holds one is compared, and
        never more than a few hundred (a source whose headlines are all alike).
        """
        mine = words(title)
        equal = self._equal.get(" ".join(mine), ()) if mine else ()
        return sorted(equal) if equal else sorted(key for key in self._asked(mine) if _near(mine, self._words[key]))

    def _asked(self, mine: list[str]) -> set[int]:
        rarest = sorted(set(mine), key=lambda word: len(self._snapshot_of.get(word, ())))
        most_missing = int(len(rarest) * (1 / _ALIKE - 1)) + 1
        asked: set[int] = set()
        for word in rarest[: most_missing + 1]:
            asked.update(self._snapshot_of.get(word, ())[: _MOST_COMPARED - len(asked)])
        return asked
