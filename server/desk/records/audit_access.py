"""Decides which records of the audit log the signed-in person may read; called by the audit's views.

A record is shown to people who may read the audit log in one of the areas that it concerns. A record that concerns no
area is shown only to people who may read the audit log in all areas.
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

_ROWS_A_QUERY = 500  # more than a page shows, because rows of other areas are filtered out after the query
_AREAS = ("areas", "ended_in", "shown_in")
_MOST_ROWS = 20_000  # the most rows read for one page, even if few of them may be shown


@dataclass(frozen=True, slots=True)
class AuditAccess:
    """Decides which audit records a person may read.

    ``areas`` are the areas whose audit log the person may read; ``everywhere``: these are all areas. The mappings
    give the areas of boards and sources by slug, and of people by username.
    """

    areas: frozenset[str]
    everywhere: bool
    board_area: Mapping[str, str]
    source_area: Mapping[str, str | None]
    person_areas: Mapping[str, set[str]]

    @classmethod
    def of_current_person(cls) -> AuditAccess:
        """Returns the access of the signed-in person.

        Reads all boards, sources and people, so call it once per request.
        """
        mine = frozenset(desk.areas("audit.read"))
        return cls(
            mine,
            mine >= set(desk.tree().roots()),
            {one.slug: one.area for one in boards.all(desk.db)},
            {one.slug: one.area for one in sources.all(desk.db)},
            {one.username: {grant.area for grant in one.grants} for one in people.all(desk.db)},
        )

    def acts(self, asked: AuditFilter, most: int) -> Iterator[AuditRecord]:
        """Yields at most ``most`` records that match the filter ``asked`` and that the person may read, newest first.

        Ends early after _MOST_ROWS rows were read in search of them.
        """
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
        """True if the record concerns one of the person's areas, or if the person may read all records."""
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
        """Returns the slugs of the areas that a stored object (``before`` or ``after`` of an audit record) concerns.

        These are the areas that it names, the areas of its grants, and the areas of its board and its source.
        """
        listed = (area for name in _AREAS for area in _list(record, name))
        found = {area for area in (record.get("area"), *listed) if isinstance(area, str)}
        grants = (one for one in _list(record, "grants") if isinstance(one, dict))
        found |= {str(one.get("area")) for one in grants}
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
