"""Finds the areas in which an editor took an alert off the boards, also for its Updates; called by alert_reconciler.

decisions on documents (ended in an area, shown there again) + which document names which -> for each document, the
areas whose boards do not show it (`board_places.without_areas`)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from server.core.alerts.document import Key
from server.core.alerts.gravity import Gravity, highest


@dataclass(frozen=True, slots=True)
class LocalDecision:
    """What editors decided on one document for the boards of some areas; no slug is in both fields.

    ``ended_in`` are the slugs of the areas whose boards must not show it. ``shown_in`` are those of the areas whose
    boards show it, although it or a document that it replaced was ended there before.
    """

    ended_in: Collection[str] = ()
    shown_in: Collection[str] = ()


_Ended = Mapping[str, Mapping[str, Gravity]]
"""Slug of an area -> slug of each of its boards -> the gravity of the document that an editor ended there."""


@dataclass(slots=True)
class LocalEnds:
    """Answers in which areas an editor ended a document of one source; the boards of those areas do not show it.

    ``named`` maps the key of each document to the keys of those that it references directly; no document may
    reference itself, directly or through others. ``decided`` are the editors' decisions on some of the documents.
    ``gravities`` returns, for a document and the slug of an area, the gravity for each board of the area and of the
    areas below it that the document concerns, as if nothing had been ended; the keys are slugs of boards.
    """

    named: Mapping[Key, Sequence[Key]]
    decided: Mapping[Key, LocalDecision]
    gravities: Callable[[Key, str], Mapping[str, Gravity]]
    _ended: dict[Key, _Ended] = field(default_factory=dict)
    _before: dict[Key, frozenset[Key]] = field(default_factory=dict)

    def areas_of(self, key: Key) -> frozenset[str]:
        """Returns the slugs of the areas whose boards do not show the document.

        In these areas an editor ended the document or the documents whose place it took. An Update that is graver for
        a board of the area than what was ended there is a new alarm and is shown again in the area. What the alert
        says about other places does not count.
        """
        for each in self._oldest_first(key):
            self._judge(each)
        return frozenset(self._ended[key])

    def _oldest_first(self, key: Key) -> Iterable[Key]:
        """Yields the document and all that it names, directly or through others; each comes after those it names."""
        waiting = [key]
        while waiting:
            each = waiting[-1]
            unknown = [one for one in self.named.get(each, ()) if one not in self._ended]
            if each in self._ended or not unknown:
                waiting.pop()
                yield each
            else:
                waiting += unknown

    def _judge(self, key: Key) -> None:
        if key in self._ended:
            return
        named = self.named.get(key, ())
        self._before[key] = frozenset(named).union(*(self._before[one] for one in named))
        own, inherited = self.decided.get(key, LocalDecision()), self._inherited(named)
        if not own.ended_in and not inherited:
            self._ended[key] = {}
            return
        kept = {
            slug: was
            for slug, was in inherited.items()
            if slug not in own.shown_in and not _rises(self.gravities(key, slug), was)
        }
        self._ended[key] = kept | {slug: self.gravities(key, slug) for slug in own.ended_in}

    def _inherited(self, named: Sequence[Key]) -> _Ended:
        """Returns the areas in which all nearest documents of ``named`` are ended -> board -> their highest gravity.

        ``named`` are the documents that a document names. Those that another of them names, directly or through
        others, are not nearest.
        """
        nearest = [one for one in named if not any(one in self._before[other] for other in named)]
        common = set.intersection(*(set(self._ended[one]) for one in nearest)) if nearest else set[str]()
        return {slug: _highest_by_board([self._ended[one][slug] for one in nearest]) for slug in common}


def _rises(gravities: Mapping[str, Gravity], were: Mapping[str, Gravity]) -> bool:
    """True if a document is graver for one of its boards than the ended document, whose gravities are ``were``.

    A board that the ended document did not concern is compared with the gravest of the boards that it did concern.
    """
    if not were:
        return bool(gravities)
    gravest = highest(were.values())
    return any(gravity.rises_over(were.get(board, gravest)) for board, gravity in gravities.items())


def _highest_by_board(found: Sequence[Mapping[str, Gravity]]) -> Mapping[str, Gravity]:
    boards = {board for one in found for board in one}
    return {board: highest(one[board] for one in found if board in one) for board in boards}
