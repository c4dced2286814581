"""Writes areas as the rows of a list that imports again without a change; called by desk.areas for export.

Also makes such rows from the list of communes that the program ships.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.core.area_import.columns import ENGLISH_HEADINGS, ENGLISH_KINDS, HEADINGS, KIND_NAMES
from server.core.area_import.planning import known_tree
from server.core.areas import AreaTree
from server.core.geography.communes import Commune
from server.core.geography.points import point_text
from server.core.model import AreaKind, OutlinedArea

HEAD = tuple(HEADINGS.values())


def head(language: str) -> tuple[str, ...]:
    """The headings in a language, "vi" or "en"."""
    return tuple(ENGLISH_HEADINGS.values()) if language == "en" else HEAD


def rows_of(areas: Mapping[str, OutlinedArea], wanted: Iterable[str], language: str) -> list[tuple[str, ...]]:
    """The rows of the areas with the slugs ``wanted``, without the headings; ``areas`` are all areas in use."""
    labels, kinds = AreaTree(known_tree(areas)).labels(), ENGLISH_KINDS if language == "en" else KIND_NAMES
    return [_row(areas[slug], labels, kinds) for slug in wanted]


def _row(area: OutlinedArea, labels: Mapping[str, str], kinds: Mapping[AreaKind, str]) -> tuple[str, ...]:
    return (
        next(iter(area.codes), ""), "; ".join(area.codes[1:]), area.name, kinds.get(area.kind, ""),
        labels.get(area.parent or "", ""), "; ".join(area.former_names), area.owner, area.answerable,
        area.telephone, area.phone, point_text(area.point),
    )  # fmt: skip


def shipped(communes: Iterable[Commune], province: str) -> list[tuple[str, ...]]:
    """The list of the communes of the province with this national code ("33"), headings first."""
    rows = [
        (one.code, "; ".join(one.old), one.name, "Xã", "", "; ".join(one.former_names), "", "", "", "",
         point_text(one.point))
        for one in communes if one.province == province
    ]  # fmt: skip
    return [HEAD, *rows]
