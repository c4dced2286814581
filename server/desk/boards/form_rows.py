"""Rows of a form (a board's lanes, hours, days): read, moved, added, complained about at the cell; for board_form.

The cells of a row are fields of one name repeated, in the order of the page: a row that is dragged needs no new
numbers. Each row has a key of its own, so that a button still means it after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, TypeVar

from flask_babel import gettext

from server.core.model import Hours, Lane, ThemeDays

_ACT = re.compile(r"(?P<rows>[a-z]+)-(?P<act>up|down|drop|add)(-(?P<key>[a-z0-9]{1,9}))?")
MOST_ROWS = 60
T = TypeVar("T")


@dataclass(slots=True)
class Row:
    """``key`` is the row's own; ``cells`` as they were typed; ``wrong`` what is the matter, by the cell's name."""

    key: str
    cells: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """Rows called ``name``, of ``columns``."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def fill(self, values: Sequence[Sequence[object]]) -> None:
        self.rows = [
            Row(str(n), dict(zip(self.columns, map(str, value), strict=True))) for n, value in enumerate(values)
        ]

    def read(self, sent: Any) -> None:
        """Takes what a form sent (a MultiDict), empty rows too."""
        keys = sent.getlist(f"{self.name}-key")[:MOST_ROWS]
        cells = [sent.getlist(f"{self.name}-{column}") for column in self.columns]
        self.rows = [
            Row(key, {column: each[at].strip() for column, each in zip(self.columns, cells, strict=True)})
            for at, key in enumerate(keys)
            if all(at < len(each) for each in cells)
        ]

    def act(self, act: str, key: str | None) -> None:
        """Adds a row, or moves or drops the one with ``key``; what is not there stays away."""
        if act == "add":
            if len(self.rows) < MOST_ROWS:
                numbers = [int(row.key) for row in self.rows if row.key.isdecimal()]
                self.rows.append(Row(str(max(numbers, default=-1) + 1), dict.fromkeys(self.columns, "")))
            return
        at = next((n for n, row in enumerate(self.rows) if row.key == key), None)
        if at is None:
            return
        row = self.rows.pop(at)
        if act != "drop":
            self.rows.insert(max(0, at + (1 if act == "down" else -1)), row)

    def filled(self) -> list[Row]:
        """The rows in which anything is."""
        return [row for row in self.rows if any(row.cells.values())]

    @property
    def good(self) -> bool:
        return not any(row.wrong for row in self.rows)


def act_of(do: str, known: Mapping[str, Rows]) -> bool:
    """Does what a button of the rows says ("lanes-up-3"); False where it says nothing of them."""
    said = _ACT.fullmatch(do)
    if said is None or said["rows"] not in known:
        return False
    known[said["rows"]].act(said["act"], said["key"])
    return True


def lanes_of(rows: Rows, sources: Mapping[str, str]) -> tuple[Lane, ...]:
    """The lanes, as far as they are good; each source once, and one of ``sources``."""
    found: dict[str, Lane] = {}
    for row in rows.filled():
        slug = row.cells["source"]
        if not slug:
            row.wrong["source"] = gettext("Chưa chọn nguồn tin")
        elif slug not in sources:
            row.wrong["source"] = gettext("Không có nguồn tin này: %(slug)s", slug=slug)
        elif slug in found:
            row.wrong["source"] = gettext("Nguồn tin này đã có ở một dòng trên")
        most, days = _number(row, "most", 20, 200), _number(row, "days", 30, 36_500)
        if not row.wrong:
            found[slug] = Lane(slug, most, days)
    return tuple(found.values())


def hours_of(rows: Rows) -> tuple[Hours, ...]:
    """When the panel is on, as far as it is good. An end before its beginning is over midnight."""
    found = []
    for row in rows.filled():
        start, end = (_said(row, name, time.fromisoformat, gettext("Giờ viết như 05:00")) for name in rows.columns)
        if start is not None and start == end:
            row.wrong["end"] = gettext("Giờ bật và giờ tắt giống nhau")
        if not row.wrong and start is not None and end is not None:
            found.append(Hours(start, end))
    return tuple(found)


def days_of(rows: Rows, themes: Mapping[str, object]) -> tuple[ThemeDays, ...]:
    """Themes by date, as far as they are good."""
    found = []
    for row in rows.filled():
        theme = row.cells["theme"]
        if theme not in themes:
            row.wrong["theme"] = gettext("Chưa chọn màu")
        wrong = gettext("Ngày viết như 2026-12-01")
        first, last = _said(row, "first", date.fromisoformat, wrong), _said(row, "last", date.fromisoformat, wrong)
        if first is not None and last is not None and last < first:
            row.wrong["last"] = gettext("Ngày cuối đứng trước ngày đầu")
        if not row.wrong and first is not None and last is not None:
            found.append(ThemeDays(theme, first, last))
    return tuple(found)


def _number(row: Row, name: str, usual: int, most: int) -> int:
    text = row.cells[name]
    if not text:
        return usual
    if not re.fullmatch(r"\d{1,6}", text) or not 1 <= int(text) <= most:
        row.wrong[name] = gettext("Số từ 1 đến %(most)s", most=most)
        return usual
    return int(text)


def _said(row: Row, name: str, read: Callable[[str], T], wrong: str) -> T | None:
    text = row.cells[name]
    if not text:
        row.wrong[name] = gettext("Mục này chưa có gì")
        return None
    try:
        return read(text)
    except ValueError:
        row.wrong[name] = wrong
        return None
