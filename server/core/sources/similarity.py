"""Decides whether two headlines report the same news; called by server/store/sources when stories are saved.

Numbers must be equal: "Bão số 3" and "Bão số 4" are two stories, however similar their words are.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import timedelta

WITHIN = timedelta(days=2)
_ALIKE = 0.8  # at least this share of all words of two similar headlines is in both
_LEAST_WORDS = 5
_TELLING_WORDS = 8
_TEXTS_ALIKE = 0.8
_MOST_COMPARED = 400
_WORD = re.compile(r"[^\W_]+")


def headline_key(title: str) -> str:
    """A headline in lower case without punctuation, words separated by single spaces."""
    return " ".join(words(title))


def words(title: str) -> list[str]:
    """The words of a headline in order, case-folded."""
    return _WORD.findall(unicodedata.normalize("NFC", title).casefold())


def texts_agree(title: str, mine: str, theirs: str) -> bool:
    """True if two stories with similar headlines may be one: under a short headline their texts must agree too.

    ``mine`` and ``theirs`` are the texts. A short headline ("Lịch tiếp công dân") alone proves nothing.
    """
    if len(words(title)) >= _TELLING_WORDS:
        return True
    one, other = set(words(mine)), set(words(theirs))
    return bool(one and other) and len(one & other) >= _TEXTS_ALIKE * min(len(one), len(other))


def _similar(mine: list[str], theirs: list[str]) -> bool:
    """True if two headlines, as words, differ by a word or two; short ones must be equal, and numbers always."""
    if mine == theirs:
        return bool(mine)
    if min(len(mine), len(theirs)) < _LEAST_WORDS or _numbers(mine) != _numbers(theirs):
        return False
    both, all_of_them = set(mine) & set(theirs), set(mine) | set(theirs)
    return len(both) >= _ALIKE * len(all_of_them)


def _numbers(found: list[str]) -> list[str]:
    return sorted(word for word in found if any(sign.isdigit() for sign in word))


class Headlines:
    """An index of headlines by word, which finds those equal or similar to a given one."""

    def __init__(self, titles: Mapping[int, str]) -> None:
        self._words = {key: words(title) for key, title in titles.items()}
        self._equal: dict[str, list[int]] = defaultdict(list)
        self._keys_with: dict[str, list[int]] = defaultdict(list)
        for key, found in self._words.items():
            self._equal[" ".join(found)].append(key)
            for word in set(found):
                self._keys_with[word].append(key)

    def matches(self, title: str) -> Iterable[int]:
        """The keys of the equal headlines, or else of the similar ones, ascending.

        Similar headlines share at least 80 % of their words, so they share one of the rarest few: only headlines
        with such a word are compared, at most `_MOST_COMPARED` (a source may repeat one headline very often).
        """
        mine = words(title)
        equal = self._equal.get(" ".join(mine), ()) if mine else ()
        if equal:
            return sorted(equal)
        return sorted(key for key in self._candidates(mine) if _similar(mine, self._words[key]))

    def _candidates(self, mine: list[str]) -> set[int]:
        rarest = sorted(set(mine), key=lambda word: len(self._keys_with.get(word, ())))
        most_missing = int(len(rarest) * (1 / _ALIKE - 1)) + 1
        found: set[int] = set()
        for word in rarest[: most_missing + 1]:
            found.update(self._keys_with.get(word, ())[: _MOST_COMPARED - len(found)])
        return found
