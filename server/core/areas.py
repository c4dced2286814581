"""The tree of areas (province > commune > …); called by all packages of server but slides."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from server.core.model import Area, Board, Point


def attached(areas: Iterable[Area]) -> tuple[Area, ...]:
    """Returns the areas in the same order, with ``parent`` set to None where it is unknown or closes a cycle.

    `AreaTree` accepts the result, so one wrong row of the store does not leave every board without a tree. Where a
    parent was removed, rights in higher areas no longer extend to the areas below.
    """
    listed = {area.slug: area for area in areas}
    for slug in listed:
        seen, current = {slug}, listed[slug]
        while current.parent is not None:
            if current.parent in seen or current.parent not in listed:
                listed[current.slug] = replace(current, parent=None)
                break
            seen.add(current.parent)
            current = listed[current.parent]
    return tuple(listed.values())


def distance(chain: Sequence[str], areas: Collection[str]) -> int:
    """Returns how many levels above a board's area the nearest of ``areas`` lies.

    ``chain`` is `AreaTree.chain` of the board's area. The result is 0 if ``areas`` contains the board's own area, and
    ``len(chain)`` if it contains none of the chain.
    """
    return next((level for level, slug in enumerate(chain) if slug in areas), len(chain))


_TYPES = ("Xã", "Phường", "Thị", "Thành", "Tỉnh", "Đặc", "Huyện", "Quận", "Thôn", "Tổ", "Ủy", "Uỷ")


def in_a_sentence(name: str) -> str:
    """The name of an area for the middle of a sentence: its type, if any, in lower case ("xã Minh Tân")."""
    return name[:1].lower() + name[1:] if name.partition(" ")[0] in _TYPES else name


def told_apart(named: Iterable[tuple[str, str, *tuple[str, ...]]]) -> dict[str, str]:
    """Returns slug -> label; no two of ``named``, (slug, name, name of the place, further words…), share a label.

    The label is the name. Equal names get a word in brackets: the place ("Đài xã (xã Minh Tân)") or, where the place
    is empty or equal too, the first further word that differs, such as a source's label; otherwise the slug.
    """
    listed = tuple(named)
    by_name = Counter(name.casefold() for _, name, *_ in listed)
    by_word = Counter((name.casefold(), at, word) for _, name, *words in listed for at, word in enumerate(words))

    def label(slug: str, name: str, words: Sequence[str]) -> str:
        if by_name[name.casefold()] < 2:
            return name
        alone = (word for at, word in enumerate(words) if word and by_word[name.casefold(), at, word] < 2)
        return f"{name} ({in_a_sentence(next(alone, slug))})"

    return {slug: label(slug, name, words) for slug, name, *words in listed}


class AreaTree:
    """Answers which area is above which. Raises ValueError for an unknown parent, a cycle or a duplicate slug."""

    def __init__(self, areas: Iterable[Area]) -> None:
        listed = tuple(areas)
        self._areas: Mapping[str, Area] = {area.slug: area for area in listed}
        if len(self._areas) != len(listed):
            raise ValueError("two areas share one slug")
        for area in listed:
            self._check(area)

    def _check(self, area: Area) -> None:
        seen = {area.slug}
        parent = area.parent
        while parent is not None:
            if parent in seen:
                raise ValueError(f"area {area.slug!r} is above itself")
            if parent not in self._areas:
                raise ValueError(f"area {area.slug!r} names an unknown parent {parent!r}")
            seen.add(parent)
            parent = self._areas[parent].parent

    def __contains__(self, slug: str) -> bool:
        return slug in self._areas

    def get(self, slug: str) -> Area:
        """The area with this slug. Raises KeyError for an unknown slug."""
        return self._areas[slug]

    def labels(self) -> dict[str, str]:
        """Slug -> name of each area; where names are equal, the parent's name follows in brackets (`told_apart`)."""
        names = {slug: area.name for slug, area in self._areas.items()}
        return told_apart((slug, area.name, names.get(area.parent or "", "")) for slug, area in self._areas.items())

    def slugs(self) -> tuple[str, ...]:
        """Returns all slugs, in the order the areas were given."""
        return tuple(self._areas)

    def roots(self) -> tuple[str, ...]:
        """The slugs of the areas without a parent."""
        return tuple(area.slug for area in self._areas.values() if area.parent is None)

    def chain(self, slug: str) -> tuple[str, ...]:
        """The slugs of the area and of all areas above it, nearest first; empty for an unknown slug."""
        found: list[str] = []
        current: str | None = slug if slug in self._areas else None
        while current is not None:
            found.append(current)
            current = self._areas[current].parent
        return tuple(found)

    def codes(self, slug: str) -> tuple[str, ...]:
        """Returns the codes of the area and of all areas above it, nearest first.

        An alert for one of these codes concerns the area.
        """
        return tuple(code for one in self.chain(slug) for code in self._areas[one].codes)

    def covers(self, upper: str, lower: str) -> bool:
        """True if ``upper`` is ``lower`` or an area above it. An unknown area covers nothing."""
        return upper in self.chain(lower)

    def in_charge(self, area: str | None) -> str | None:
        """Returns the slug of the area whose people are responsible for a source of ``area``.

        A source without an area (None) belongs to the topmost area. The result is None if there is no area at all.
        """
        return area or next(iter(self.roots()), None)

    def is_above(self, upper: str, lower: str) -> bool:
        """True if ``upper`` is strictly above ``lower``."""
        return upper != lower and self.covers(upper, lower)


def board_point(board: Board, tree: AreaTree) -> Point | None:
    """Where a board stands: its own point, else its area's; None if neither is known, or the area is unknown."""
    if board.point is not None or board.area not in tree:
        return board.point
    return tree.get(board.area).point
