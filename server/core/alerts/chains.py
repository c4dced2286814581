"""Decides which document ends which, from the references of documents as a graph; called by `lifecycle`.

A document ends the documents that it names and, in turn, those that they name, even if several documents between them
were lost. A reference matches a document of the same source by its identifier; a different sender or time is noted. A
document of another source is never ended. The order of arrival has no influence on what ends what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, NamedTuple

from server.core.alerts.document import Alert, Key, Reference
from server.core.alerts.standing import Standing
from server.core.alerts.times import Span

_Named = dict[tuple[str, str], list[int]]
"""Source and identifier -> the numbers of the documents with them."""
_KINDS = ("Alert", "Update", "Cancel")


@dataclass(frozen=True, slots=True)
class Link:
    """A document in the graph.

    ``acts`` is when it ends the documents that it names; None if it ends them only after an editor's approval, or
    never.
    """

    key: Key
    alert: Alert
    span: Span
    standing: Standing
    acts: datetime | None


class Ending(NamedTuple):
    """The end of a document at the time ``at``, because the document ``by`` cancelled or replaced it.

    Of several endings of a document the smallest tuple counts, so the earliest.
    """

    at: datetime
    reason: Literal["cancelled", "replaced"]
    by: Key


@dataclass(slots=True)
class Chains:
    """The graph of documents, which are numbered in the order they were sent.

    ``named[n]`` are the numbers of the documents that document n names. ``endings[n]`` is its end, None if no other
    document ends it. ``unknown[n]`` are its references to documents that never came. ``notes`` are Vietnamese remarks
    on references, each with the key of the document.
    """

    links: tuple[Link, ...]
    named: list[list[int]]
    unknown: list[list[Reference]]
    notes: list[tuple[Key, str]] = field(default_factory=list)
    endings: list[Ending | None] = field(default_factory=list)

    def _own_ending(self, number: int) -> Ending | None:
        link = self.links[number]
        if link.acts is None:
            return None
        reason: Literal["cancelled", "replaced"] = "cancelled" if link.alert.kind == "Cancel" else "replaced"
        return Ending(link.acts, reason, link.key)

    def ending_through(self, number: int) -> Ending | None:
        """Returns the end that document ``number`` passes on to those that it names; None if it has none so far.

        It is the earlier of two: document ``number`` cancels or replaces them, or another document ends document
        ``number``.
        """
        return min((one for one in (self.endings[number], self._own_ending(number)) if one), default=None)

    def by_unknown(self) -> dict[tuple[str, str], list[int]]:
        """Returns (source, identifier) of each document that never came -> numbers of the documents that name it."""
        found: dict[tuple[str, str], list[int]] = {}
        for number, references in enumerate(self.unknown):
            for reference in references:
                found.setdefault((self.links[number].alert.source, reference.identifier), []).append(number)
        return found

    def named_keys(self) -> dict[Key, tuple[Key, ...]]:
        """Returns the key of each document -> the keys of the documents that it names."""
        return {
            link.key: tuple(self.links[target].key for target in targets)
            for link, targets in zip(self.links, self.named, strict=True)
        }

    def naming(self) -> list[list[int]]:
        """Returns, for each document, the numbers of the documents that name it."""
        found: list[list[int]] = [[] for _ in self.links]
        for number, targets in enumerate(self.named):
            for target in targets:
                found[target].append(number)
        return found


def _order(link: Link) -> tuple[datetime, int, int, Key]:
    one = link.alert
    rank = _KINDS.index(one.kind) if one.kind in _KINDS else 0
    return (one.sent, rank, len(one.references), link.key)


def chained(links: Iterable[Link]) -> Chains:
    """Builds the graph of the documents and finds when other documents end each of them."""
    ordered = tuple(sorted(links, key=_order))
    chains = Chains(ordered, [[] for _ in ordered], [[] for _ in ordered])
    by_identifier: _Named = {}
    for number, link in enumerate(ordered):
        by_identifier.setdefault((link.alert.source, link.alert.identifier), []).append(number)
    forward: list[tuple[int, int]] = []
    for number, link in enumerate(ordered):
        chains.named[number] = _earlier_versions(number, ordered, by_identifier)
        for reference in link.alert.references:
            if _names_itself(reference, link.alert):
                continue
            forward += _follow(
                number, reference, chains, by_identifier.get((link.alert.source, reference.identifier), ())
            )
    for number, target in forward:
        if not _reaches(chains.named, target, number):
            chains.named[number].append(target)
    for number, link in enumerate(ordered):
        chains.named[number] = list(dict.fromkeys(chains.named[number]))
        others = [one for one in link.alert.references if not _names_itself(one, link.alert)]
        if link.alert.kind == "Cancel" and not chains.named[number] and len(chains.unknown[number]) == len(others):
            chains.notes.append((link.key, "Tin hủy không nêu cảnh báo nào đã nhận."))
    _settle(chains)
    return chains


def _earlier_versions(number: int, links: Sequence[Link], by_identifier: _Named) -> list[int]:
    """Returns the numbers of the documents with the same sender and identifier that were sent before this one.

    A later ``sent`` replaces them. Of each rank (`Standing`), only the latest is returned, because it names the
    earlier ones; documents of a higher rank than this one are left out.
    """
    mine = links[number]
    found: dict[int, int] = {}
    for other in reversed(by_identifier[mine.alert.source, mine.alert.identifier]):
        before = other < number and links[other].alert.sent < mine.alert.sent
        rank = links[other].standing.rank
        if before and links[other].alert.sender == mine.alert.sender and rank <= mine.standing.rank:
            found.setdefault(rank, other)
    return list(found.values())


def _names_itself(reference: Reference, alert: Alert) -> bool:
    return reference.identifier == alert.identifier and reference.sender in (alert.sender, "")


def _follow(number: int, reference: Reference, chains: Chains, candidates: Sequence[int]) -> list[tuple[int, int]]:
    """Adds the documents that a reference names to ``chains.named``, if they were sent before document ``number``.

    Returns (number, named document) for those that were sent later, at the very time that the reference states; the
    caller adds them at the end, unless that would close a circle. ``candidates`` are the documents with the
    identifier of the reference.
    """
    links, mine = chains.links, chains.links[number]
    others = [at for at in candidates if at != number]
    same = [at for at in others if links[at].alert.sender == reference.sender]
    found = same or others
    if not found:
        chains.unknown[number].append(reference)
        return []
    if not same:
        chains.notes.append((mine.key, f"Dẫn chiếu «{reference.identifier}» ghi bên gửi khác."))
    if all(links[at].alert.sent != reference.sent for at in found):
        chains.notes.append((mine.key, f"Dẫn chiếu «{reference.identifier}» ghi giờ gửi khác."))
    allowed = [at for at in found if mine.standing.rank >= links[at].standing.rank]
    chains.named[number] += [at for at in allowed if at < number]
    return [(number, at) for at in allowed if at > number and links[at].alert.sent == reference.sent]


def _reaches(named: Sequence[Sequence[int]], start: int, goal: int) -> bool:
    seen, waiting = {start}, [start]
    while waiting:
        at = waiting.pop()
        if at == goal:
            return True
        new = [target for target in named[at] if target not in seen]
        seen.update(new)
        waiting += new
    return False


def _settle(chains: Chains) -> None:
    """Passes the earliest end from each document on to those it names, until nothing changes any more.

    Nearly all documents name only documents with lower numbers, so one pass from the last to the first is usually
    enough.
    """
    chains.endings = [None] * len(chains.links)
    changed = True
    while changed:
        changed = False
        for number in range(len(chains.links) - 1, -1, -1):
            changed |= _hand_on(chains, number)


def _hand_on(chains: Chains, number: int) -> bool:
    """Passes the end of document ``number`` on to the documents that it names.

    Returns True if this changes a document with a higher number, which the running pass has already left behind.
    """
    ending = chains.ending_through(number)
    if ending is None:
        return False
    up = False
    for target in chains.named[number]:
        before = chains.endings[target]
        if before is None or ending < before:
            chains.endings[target] = ending
            up |= target > number
    return up
