"""Which acts of the audit the signed-in person may read; called by the audit's views.

An act is shown to people who may read the audit in one of the areas it concerns. An act that concerns no area is
shown to people who may read the audit everywhere.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from server.desk.web.context import desk
from server.store.audit import audit
from server.store.audit.audit import AuditFilter, AuditRecord
from server.store.boards import boards
from server.store.people import people
from server.store.sources import sources

_ROWS_A_QUERY = 500  # more than a page, because rows of other areas are filtered out afterwards
_MOST_ROWS = 20_000  # the most rows read for one page, even if few of them may be shown


@dataclass(frozen=True, slots=True)
class AuditAccess:
    """The areas whose audit a person may read, and the areas of the boards, sources and people that acts name."""

    areas: frozenset[str]
    everywhere: bool
    board_area: Mapping[str, str]
    source_area: Mapping[str, str | None]
    person_areas: Mapping[str, set[str]]

    @classmethod
    def of_current_person(cls) -> AuditAccess:
        """Reads the areas from the store once; for one request."""
        mine = frozenset(desk.areas("audit.read"))
        return cls(
            mine,
            mine >= set(desk.tree().roots()),
            {one.slug: one.area for one in boards.all(desk.db)},
            {one.slug: one.area for one in sources.all(desk.db)},
            {one.username: {grant.area for grant in one.grants} for one in people.all(desk.db)},
        )

    def acts(self, asked: AuditFilter, most: int) -> Iterator[AuditRecord]:
        """Up to ``most`` acts that match and may be read, newest first."""
        given, read = 0, 0
        while read < max(_MOST_ROWS, most):
            found = audit.search(desk.db, asked, most=_ROWS_A_QUERY)
            read += len(found)
            for act in found:
                if self.may_read(act):
                    yield act
                    given += 1
                    if given >= most:
                        return
            if len(found) < _ROWS_A_QUERY:
                return
            asked = replace(asked, below=found[-1].id)

    def may_read(self, act: AuditRecord) -> bool:
        """True if the act concerns one of the person's areas, or the person may read every act."""
        return self.everywhere or bool(self.areas & self._areas_of(act))

    def _areas_of(self, act: AuditRecord) -> set[str]:
        found = self._areas_in(act.before or {}) | self._areas_in(act.after or {})
        kind, _, name = act.subject.partition("/")
        if kind == "person":
            found |= self.person_areas.get(name, set())
        elif kind == "area":
            found.add(name)
        elif kind == "board":
            found |= _known(self.board_area.get(name))
        elif kind == "source":
            found |= _known(self.source_area.get(name))
        return found

    def _areas_in(self, record: Mapping[str, object]) -> set[str]:
        """The areas that a stored record names, by itself or by its board or source."""
        found = {area for area in (record.get("area"), *_list(record, "areas")) if isinstance(area, str)}
        grants = (one for one in _list(record, "grants") if isinstance(one, dict))
        found |= {str(one["area"]) for one in grants}
        found |= _known(self.board_area.get(_text(record, "board")))
        found |= _known(self.source_area.get(_text(record, "source")))
        return found


def _list(record: Mapping[str, object], name: str) -> list[object]:
    value = record.get(name)
    return value if isinstance(value, list) else []


def _text(record: Mapping[str, object], name: str) -> str:
    value = record.get(name)
    return value if isinstance(value, str) else ""


def _known(area: str | None) -> set[str]:
    return {area} if area else set()
