"""The tree of areas (province > commune > …); called by content, policy and notices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.core.model import Area


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
        """The area of that slug. Raises KeyError for an unknown one."""
        return self._areas[slug]

    def slugs(self) -> tuple[str, ...]:
        """All slugs, in the order the areas were given."""
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

    def covers(self, upper: str, lower: str) -> bool:
        """True if ``upper`` is ``lower`` or an area above it. An unknown area covers nothing."""
        return upper in self.chain(lower)

    def is_above(self, upper: str, lower: str) -> bool:
        """True if ``upper`` is strictly above ``lower``."""
        return upper != lower and self.covers(upper, lower)
