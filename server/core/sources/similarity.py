"""Decides whether two stories of different sources report the same event; called by server/store/sources.

Stories that name different places, people, days, times or numbers are about different events, however similar their
words are: a warning for one hamlet must not hide the warning for another. Otherwise two stories report the same event
if they are nearly word for word the same, or if most words of one occur in the other and both name the same place.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from difflib import SequenceMatcher
from functools import cached_property

from server.core.sources.facts import KIND_WORD, Facts, contradict, count_shared, facts_of
from server.core.sources.spelling import digits, recased, spell
from server.core.sources.vocabulary import EMPTY, EMPTY_PHRASES, KIND_SYLLABLES, NEGATIONS, UNITS

WITHIN = timedelta(days=2)
_MOST_TEXT = 2_000  # characters of a text that are compared
_NEAR = 0.75  # from this ratio of `SequenceMatcher` on, two texts count as one text with changes
_COVERED = 0.6  # least share of the shorter story's topic words that the other must have if both name the same place
_WELL_COVERED = 0.75  # least share if the two stories share only days, times or numbers
_MOST_COMPARED = 400
_MOST_FOUND = 12
_LEAST_COVERED = 0.3
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class Telling:
    """A story in the words of one source. ``published`` is the day in the source's zone, None if not known."""

    title: str
    text: str
    published: date | None = None

    @cached_property
    def facts(self) -> Facts:
        """The places, days and numbers that the headline and the first ``_MOST_TEXT`` characters of the text name."""
        title, text = (recased(spell(part), KIND_WORD) for part in (self.title, self.text[:_MOST_TEXT]))
        return facts_of(f"{title}. {text}", self.published)

    @cached_property
    def headline_facts(self) -> Facts:
        """The facts of the headline alone."""
        return facts_of(recased(spell(self.title), KIND_WORD), self.published)

    @cached_property
    def words(self) -> list[str]:
        """The words of the headline and of the first ``_MOST_TEXT`` characters of the text, in order.

        They are in lower case, in the spelling of `spell`, with numbers as digits and units as `UNITS` spells them;
        `EMPTY_PHRASES` are left out.
        """
        told = digits(spell(f"{self.title} . {self.text[:_MOST_TEXT]}")).lower()
        return [UNITS.get(word, word) for word in words(EMPTY_PHRASES.sub(" ", told))]

    @cached_property
    def topic(self) -> frozenset[str]:
        """The different words that say what happened, names included.

        Numbers, words without meaning for the event (`EMPTY`) and terms for kinds of places are left out.
        """
        said = frozenset(word for word in self.words if not word[0].isdigit()) - EMPTY
        return said - KIND_SYLLABLES


def headline_key(title: str) -> str:
    """Returns a headline in lower case without punctuation, words separated by single spaces."""
    return " ".join(words(title))


def words(title: str) -> list[str]:
    """The words of a text in order, case-folded, in the spelling of `spell`."""
    return _WORD.findall(spell(title).casefold())


def contradicts(one: Telling, other: Telling) -> bool:
    """True if the two stories cannot be about the same event because their facts contradict each other.

    Contradicting headlines are enough, unless each story states all facts of the other's headline.
    """
    if contradict(one.facts, other.facts):
        return True
    if _numbered(one) != _numbered(other) and _nearly_equal(words(one.title), words(other.title)):
        return True  # for example two bridges, "Cầu Bến Hiệp" and "Cầu Bến Hiệp số 2"
    told = one.facts.covers(other.headline_facts) and other.facts.covers(one.headline_facts)
    return not told and contradict(one.headline_facts, other.headline_facts)


def _numbered(telling: Telling) -> frozenset[tuple[str, str]]:
    """The (kind, number) pairs of the headline that identify something, such as a storm, a round or a level."""
    return frozenset(figure for figure in telling.headline_facts.figures if figure[0].startswith("nr:"))


def same_story(one: Telling, other: Telling) -> bool:
    """True if both stories report the same event. The result does not depend on the order of the arguments.

    In doubt it is False: to show a story twice does less harm than to hide a different one.
    """
    if contradicts(one, other):
        return False
    if not (one.text.strip() and other.text.strip()):
        # Without both texts, equal headlines prove little: they must also share a place, a person or a code.
        return (
            _nearly_equal(words(one.title), words(other.title))
            and count_shared(one.headline_facts, other.headline_facts)[0] > 0
        )
    matcher = SequenceMatcher(None, one.words, other.words, autojunk=False)
    if matcher.quick_ratio() >= _NEAR and matcher.ratio() >= _NEAR:
        return not _word_replaced(matcher, one.words, other.words)
    named = one.facts.named | other.facts.named
    mine, theirs = one.topic - named, other.topic - named
    shared = len(mine & theirs)
    return _is_enough(shared, shared / max(1, min(len(mine), len(theirs))), one, other)


def _is_enough(shared: int, share: float, one: Telling, other: Telling) -> bool:
    """True if two stories in different words share enough to be about the same event.

    ``shared`` is the number of topic words in both, ``share`` the part of the shorter topic that they make up. The
    fewer names, days and numbers the stories share, the more topic words they must share. Without a shared name,
    stories that say only "the commune" or the like are taken to mean different ones.
    """
    strong, weak = count_shared(one.facts, other.facts)
    if strong:
        return (shared >= 3 and share >= _COVERED) or (shared >= 2 and share >= 0.4 and strong >= 2 and weak >= 1)
    local = one.facts.unnamed_place or other.facts.unnamed_place
    return not local and weak >= 1 and shared >= 5 and share >= _WELL_COVERED


def _nearly_equal(mine: list[str], theirs: list[str]) -> bool:
    matcher = SequenceMatcher(None, mine, theirs, autojunk=False)
    return matcher.ratio() >= _NEAR and not _word_replaced(matcher, mine, theirs)


def _word_replaced(matcher: SequenceMatcher[str], mine: list[str], theirs: list[str]) -> bool:
    """Returns True if one of two nearly equal texts replaces a meaningful word, or changes a negation."""
    for act, a, b, c, d in matcher.get_opcodes():
        gone, come = set(mine[a:b]), set(theirs[c:d])
        if act != "equal" and NEGATIONS & (gone ^ come):
            return True
        if act == "replace" and (gone - EMPTY - set(theirs)) and (come - EMPTY - set(mine)):
            return True
    return False


class Headlines:
    """An index of stories by words, which finds the stories that are worth comparing with a given one.

    ``heads`` maps the key of a story to its headline and first lines.
    """

    def __init__(self, heads: Mapping[int, str]) -> None:
        self._words = {key: frozenset(words(digits(head))) - EMPTY for key, head in heads.items()}
        self._keys_with: dict[str, list[int]] = defaultdict(list)
        for key, found in self._words.items():
            for word in found:
                self._keys_with[word].append(key)

    def matches(self, head: str) -> Iterable[int]:
        """The keys of at most 12 stories that share the largest part of their words with ``head``, best first.

        For a word that many stories contain, only the first `_MOST_COMPARED` of them are considered.
        """
        mine = frozenset(words(digits(head))) - EMPTY
        shared: dict[int, int] = defaultdict(int)
        for word in mine:
            for key in self._keys_with.get(word, ())[:_MOST_COMPARED]:
                shared[key] += 1
        near = {
            key: count / min(len(mine), len(self._words[key]))
            for key, count in shared.items()
            if count >= _LEAST_COVERED * min(len(mine), len(self._words[key]))
        }
        return sorted(near, key=lambda key: (-near[key], key))[:_MOST_FOUND]
