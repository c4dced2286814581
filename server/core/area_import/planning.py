"""Works out which areas a list adds and changes, without doubling any; called by desk.areas.

A line means an area that exists if it has its main code, or its name in the same place. What a line leaves empty
stays as it is. Districts are not areas any more: the areas of a district are put below the area that the district
belonged to, and get its name as a former name.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace

from server.core.announcements.search_text import without_marks
from server.core.area_import.columns import (
    AreaList,
    AreaRow,
    BadRow,
    ColumnName,
    kind_of,
    united,
    with_former_name,
)
from server.core.areas import AreaTree, in_a_sentence
from server.core.geography.communes import compared
from server.core.model import Area, AreaKind, OutlinedArea

LONGEST_SLUG = 50


@dataclass(frozen=True, slots=True)
class Known:
    """What an import must know: the areas in use, and for which of them the user may act.

    ``root`` is the area for new areas whose line names no parent. ``taken`` are the slugs of all areas, also of
    retired ones. With ``only_fill``, lines do not change what is filled in already; they only add.
    """

    areas: Mapping[str, OutlinedArea]
    mine: Collection[str]
    root: str
    taken: Collection[str]
    only_fill: bool = False


@dataclass(frozen=True, slots=True)
class PlannedArea:
    """An area to be stored because of a line; ``before`` is None for a new one, equal to ``after`` for no change."""

    line: int
    before: OutlinedArea | None
    after: OutlinedArea


@dataclass(frozen=True, slots=True)
class ImportPlan:
    """What an import would do: ``areas`` in the order of the list, ``bad`` lines that are left out, in order."""

    areas: tuple[PlannedArea, ...]
    bad: tuple[BadRow, ...]

    @property
    def added(self) -> tuple[PlannedArea, ...]:
        return tuple(one for one in self.areas if one.before is None)

    @property
    def changed(self) -> tuple[PlannedArea, ...]:
        return tuple(one for one in self.areas if one.before is not None and one.before != one.after)

    @property
    def same(self) -> int:
        """How many lines say what is stored already."""
        return sum(one.before == one.after for one in self.areas)


def plan(listed: AreaList, known: Known) -> ImportPlan:
    """Returns what importing the list would do; nothing is changed."""
    return _Planner(known, list(listed.bad)).plan(listed.rows)


def slug_for(name: str, taken: Collection[str]) -> str:
    """A slug that is made of the name and not ``taken``: "xa-minh-tan", else "xa-minh-tan-2"…"""
    base = re.sub(r"[^a-z0-9]+", "-", without_marks(name)).strip("-")[:LONGEST_SLUG].strip("-") or "don-vi"
    if base in ("new", "import", "plans"):  # words in the desk's addresses
        base = f"don-vi-{base}"
    number = 2
    slug = base
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    return slug


@dataclass(slots=True)
class _Planner:
    """The state of one `plan`.

    ``slugs`` is what each line means, ``meant`` the same as a set, ``used`` the slugs that a new area cannot have.
    ``index`` has the slugs of possible parents by name and main code, ``names`` and ``codes`` those of the areas in
    use: lists have thousands of lines, so nothing may search through all areas for each line.
    """

    known: Known
    bad: list[BadRow]
    districts: dict[object, AreaRow] = field(default_factory=dict)
    slugs: dict[int, str] = field(default_factory=dict)
    index: dict[object, set[str]] = field(default_factory=dict)
    codes: dict[str, list[str]] = field(default_factory=dict)
    names: dict[object, list[str]] = field(default_factory=dict)
    used: set[str] = field(default_factory=set)
    meant: set[str] = field(default_factory=set)
    rows_of: set[tuple[object, ...]] = field(default_factory=set)
    """What identifies the rows so far: their code, and their name and place with a note whether they have a code."""

    def plan(self, rows: tuple[AreaRow, ...]) -> ImportPlan:
        for row in rows:
            if row.kind == "district":
                self.districts |= {compared(row.name): row} | ({row.code: row} if row.code else {})
        lines = [row for row in rows if row.kind != "district"]
        tree = AreaTree(known_tree(self.known.areas))
        labels = tree.labels()
        for slug, area in self.known.areas.items():
            self._name(slug, area.codes[:1], area.name, labels[slug])
            self.names.setdefault(compared(area.name), []).append(slug)
            for code in area.codes:
                self.codes.setdefault(code, []).append(slug)
        self.used = set(self.known.taken)
        lines = [row for row in lines if self._identify(row)]
        planned = [made for row in lines if (made := self._planned(row))]
        return ImportPlan(tuple(self._without_orphans(planned)), tuple(sorted(self.bad, key=lambda one: one.line)))

    def _name(self, slug: str, codes: tuple[str, ...], *names: str) -> None:
        for key in (*codes, *(compared(name) for name in names)):
            self.index.setdefault(key, set()).add(slug)

    def _refuse(self, row: AreaRow, column: ColumnName, reason: str) -> None:
        self.bad.append(BadRow(row.line, row.name, column, reason))

    def _identify(self, row: AreaRow) -> bool:
        """Find or make the slug of the area that the row means; False, with a `BadRow`, if that is impossible."""
        try:
            slug = self._by_code(row) or self._by_name(row)
        except ValueError as error:
            self._refuse(row, "code", str(error))
            return False
        place = (compared(row.name), compared(self._parent_text(row)))
        # Two codes are two areas, whatever their names are; a line without a code means any area of its name.
        same = {("code", row.code), ("uncoded", *place)} if row.code else {("coded", *place), ("uncoded", *place)}
        if slug in self.meant or self.rows_of & same:
            self._refuse(row, "name", "Đơn vị này đã có ở một dòng trên.")
            return False
        self.rows_of |= {("code", row.code), ("coded", *place)} if row.code else {("uncoded", *place)}
        if slug and slug not in self.known.mine:
            self._refuse(row, "name", "Bạn không quản trị đơn vị này.")
            return False
        made = slug or slug_for(row.name, self.used)
        self.used.add(made)
        self.meant.add(made)
        self.slugs[row.line] = made
        self._name(made, (row.code,) if row.code else (), row.name)
        return True

    def _by_code(self, row: AreaRow) -> str:
        """The slug of the area whose main code the row has; "" if there is none.

        Raises ValueError if the code is a former one of another area: importing an old list would rename that area.
        """
        if not row.code:
            return ""
        having = [self.known.areas[slug] for slug in self.codes.get(row.code, ())]
        for area in having:
            if row.code == area.codes[0] or compared(area.name) == compared(row.name):
                return area.slug
        if having:
            raise ValueError(f"Mã {row.code} là mã cũ của «{having[0].name}».")
        return ""

    def _by_name(self, row: AreaRow) -> str:
        """The slug of the area with the row's name, in the place that the row names; "" if there is none.

        Raises ValueError if there are several.
        """
        parent, same = self._parent_text(row), self.names.get(compared(row.name), ())
        found = [
            slug
            for slug in same
            if self._fits(row, self.known.areas[slug])
            and (not parent or self._is_below(self.known.areas[slug], parent))
        ]
        if len(found) > 1:
            raise ValueError(f"Có {len(found)} đơn vị tên «{row.name}». Hãy ghi mã, hoặc ghi cột «Thuộc».")
        return found[0] if found else ""

    @staticmethod
    def _fits(row: AreaRow, area: OutlinedArea) -> bool:
        """False if both have a national code, and these differ: they are two communes of one name."""
        return not (row.code and area.codes and row.code not in area.codes and _national(area.codes[0]))

    def _is_below(self, area: OutlinedArea, parent: str) -> bool:
        return area.parent is not None and area.parent in self._candidates(parent)

    def _parent_text(self, row: AreaRow) -> str:
        """The text that names the row's parent; for a row below a district, that of the district."""
        district = self._district(row)
        return row.parent if district is None else district.parent

    def _district(self, row: AreaRow) -> AreaRow | None:
        if not row.parent:
            return None
        return self.districts.get(compared(row.parent)) or self.districts.get(row.parent)

    def _candidates(self, text: str) -> set[str]:
        return self.index.get(text) or self.index.get(compared(text)) or set()

    def _planned(self, row: AreaRow) -> PlannedArea | None:
        slug = self.slugs[row.line]
        before, text = self.known.areas.get(slug), self._parent_text(row)
        candidates = self._candidates(text) - {slug} if text else set()
        if text and len(candidates) != 1:
            self._refuse(row, "parent", _unclear(text, len(candidates)))
            return None
        parent = next(iter(candidates), None) or (before.parent if before else self.known.root)
        if parent is None and before is None:
            self._refuse(row, "parent", "Chưa ghi đơn vị cấp trên.")
            return None
        new = parent is not None and parent not in self.known.areas
        if not new and (before is None or parent != before.parent) and parent not in self.known.mine:
            self._refuse(row, "parent", "Bạn không quản trị đơn vị cấp trên này.")
            return None
        return PlannedArea(row.line, before, self._after(row, before or OutlinedArea(slug, row.name), parent))

    def _after(self, row: AreaRow, before: OutlinedArea, parent: str | None) -> OutlinedArea:
        district = self._district(row)
        former = row.former_names or ()
        if district is not None:
            former = (*former, f"{row.name}, {in_a_sentence(district.name)}")
        keep = self.known.only_fill and before.slug in self.known.areas
        kind = self._kind(row, before)
        texts = {name: getattr(row, name) for name in ("owner", "answerable", "telephone", "phone")}
        filled = {name: text for name, text in texts.items() if text and not (keep and getattr(before, name))}
        name = before.name if keep else row.name
        former = united(before.former_names, former) if keep or row.former_names is None else former
        return replace(
            before,
            name=name,
            parent=before.parent if keep else parent,
            kind=before.kind or kind if keep else kind,
            codes=_codes(row, before, keep=keep),
            former_names=with_former_name(former, before.name, name),
            point=row.point if row.point and not (keep and before.point) else before.point,
            **filled,
        )

    def _kind(self, row: AreaRow, before: OutlinedArea) -> AreaKind:
        """The kind that the line states; without one, that of the area, or for a new area that of its name."""
        found = row.kind or before.kind or ("" if before.slug in self.known.areas else kind_of(row.name))
        return "" if found == "district" else found

    def _without_orphans(self, planned: list[PlannedArea]) -> list[PlannedArea]:
        """Leaves out areas whose parent is not stored, because its line is bad, or that would be above themselves."""
        rows = {one.after.slug: one for one in planned}
        parents = {slug: area.parent for slug, area in self.known.areas.items()}
        parents |= {slug: one.after.parent for slug, one in rows.items()}
        lost = {slug for slug in rows if not _reaches_top(slug, parents)}
        why = "Đơn vị cấp trên ở một dòng sai, hoặc nằm trong nó."
        self.bad += [BadRow(rows[slug].line, rows[slug].after.name, "parent", why) for slug in sorted(lost)]
        return [one for one in planned if one.after.slug not in lost]


def known_tree(areas: Mapping[str, Area]) -> list[Area]:
    """The areas with a parent that is among them; others become roots, so that `AreaTree` accepts them."""
    return [area if area.parent in areas else replace(area, parent=None) for area in areas.values()]


def _reaches_top(slug: str, parents: Mapping[str, str | None]) -> bool:
    seen, current = set[str](), slug
    while True:
        if current in seen or current not in parents:
            return False
        seen.add(current)
        above = parents[current]
        if above is None:
            return True
        current = above


def _codes(row: AreaRow, before: OutlinedArea, *, keep: bool) -> tuple[str, ...]:
    main = (row.code,) if row.code else ()
    if keep:
        return united(main if not before.codes else before.codes, main, row.old_codes or ())
    if row.old_codes is None:
        return united(main, before.codes)
    return united(main or before.codes[:1], row.old_codes)


def _national(code: str) -> bool:
    return len(code) == 5 and code.isdigit()


def _unclear(text: str, count: int) -> str:
    if count:
        return f"Có {count} đơn vị tên «{text}». Hãy ghi mã của đơn vị cấp trên."
    return f"Không có đơn vị «{text}», trong tệp cũng như ở bàn biên tập."
