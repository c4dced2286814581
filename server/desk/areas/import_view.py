"""Prepares the preview of an import: what each line adds or changes, in words; called by desk.areas.import_views."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

from flask_babel import gettext

from server.core.area_import.columns import ENGLISH_HEADINGS, HEADINGS
from server.core.area_import.planning import ImportPlan, PlannedArea
from server.core.geography.points import point_text
from server.core.model import OutlinedArea
from server.desk.web.area_kinds import KIND_LABELS
from server.desk.web.context import desk
from server.desk.web.i18n import language
from server.desk.web.names import area_name


@dataclass(frozen=True, slots=True)
class ChangedField:
    """A value that the import changes, in words; ``before`` is "" where there was none."""

    label: str
    before: str
    after: str


@dataclass(frozen=True, slots=True)
class PreviewRow:
    """A line of the preview: the area's name, its parent's name, and what changes (for a new area: what is set)."""

    line: int
    name: str
    parent: str
    fields: tuple[ChangedField, ...]


@dataclass(frozen=True, slots=True)
class BadLine:
    """A line that is left out: ``column`` is the heading of the wrong cell, ``reason`` a Vietnamese sentence."""

    line: int
    name: str
    column: str
    reason: str


@dataclass(frozen=True, slots=True)
class ImportView:
    """What the preview shows. ``mark`` is a digest of all changes, by which `save` sees that they are the same."""

    added: tuple[PreviewRow, ...]
    changed: tuple[PreviewRow, ...]
    bad: tuple[BadLine, ...]
    same: int
    mark: str


def import_view(plan: ImportPlan) -> ImportView:
    """Returns the preview of a plan."""
    names = {one.after.slug: one.after.name for one in plan.areas}
    heads = ENGLISH_HEADINGS if language(desk) == "en" else HEADINGS
    digest = hashlib.sha256(repr([(one.before, one.after) for one in plan.areas]).encode()).hexdigest()[:16]
    return ImportView(
        tuple(_row(one, names) for one in plan.added), tuple(_row(one, names) for one in plan.changed),
        tuple(BadLine(one.line, one.name, heads[one.column], one.reason) for one in plan.bad), plan.same, digest,
    )  # fmt: skip


def _row(one: PlannedArea, names: dict[str, str]) -> PreviewRow:
    before = one.before or OutlinedArea(one.after.slug, one.after.name, one.after.parent)
    return PreviewRow(one.line, one.after.name, _parent(one.after, names), tuple(_changes(before, one.after, names)))


def _parent(area: OutlinedArea, names: dict[str, str]) -> str:
    parent = area.parent or ""
    return area_name(parent) if parent in desk.tree() else names.get(parent, "")


def _changes(before: OutlinedArea, after: OutlinedArea, names: dict[str, str]) -> Iterator[ChangedField]:
    pairs = (
        (gettext("Tên"), before.name, after.name),
        (gettext("Thuộc"), _parent(before, names), _parent(after, names)),
        (gettext("Cấp"), _kind(before), _kind(after)),
        (gettext("Mã hành chính"), ", ".join(before.codes), ", ".join(after.codes)),
        (gettext("Tên cũ"), "; ".join(before.former_names), "; ".join(after.former_names)),
        (gettext("Cơ quan chủ quản"), before.owner, after.owner),
        (gettext("Người chịu trách nhiệm nội dung"), before.answerable, after.answerable),
        (gettext("Điện thoại trực"), before.telephone, after.telephone),
        (gettext("Điện thoại liên hệ"), before.phone, after.phone),
        (gettext("Vị trí"), point_text(before.point), point_text(after.point)),
    )
    yield from (ChangedField(str(label), old, new) for label, old, new in pairs if old != new)


def _kind(area: OutlinedArea) -> str:
    return str(KIND_LABELS[area.kind]) if area.kind else ""
