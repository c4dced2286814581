"""Rows of the board's form (lanes, hours, theme days): read, moved, added and validated; used by boards.form.

The cells of a column are form fields with the same name, in the order of the page, so a row that is dragged needs no
new numbers. Each row has a key of its own, so its buttons still refer to it after that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from typing import TypeVar

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from server.core.model import Hours, Lane, ThemeDays

_BUTTON = re.compile(r"(?P<rows>[a-z]+)-(?P<act>up|down|drop|add)(-(?P<key>[a-z0-9]{1,9}))?")
MOST_ROWS = 60
T = TypeVar("T")


@dataclass(slots=True)
class Row:
    """``cells``: the typed texts by column; ``wrong``: error messages by column; ``key`` is unique in its rows."""

    key: str
    cells: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """The rows of one kind. Form fields are called NAME-COLUMN and NAME-key."""

    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def fill(self, values: Sequence[Sequence[object]]) -> None:
        """Replaces the rows by values in the order of the columns."""
        self.rows = [
            Row(str(n), dict(zip(self.columns, map(str, value), strict=True))) for n, value in enumerate(values)
        ]

    def read(self, form: MultiDict[str, str]) -> None:
        """Replaces the rows by those of a submitted form, empty rows included."""
        keys = form.getlist(f"{self.name}-key")[:MOST_ROWS]
        cells = [form.getlist(f"{self.name}-{column}") for column in self.columns]
        self.rows = [
            Row(key, {column: each[at].strip() for column, each in zip(self.columns, cells, strict=True)})
            for at, key in enumerate(keys)
            if all(at < len(each) for each in cells)
        ]

    def act(self, act: str, key: str | None) -> None:
        """Adds an empty row, or moves or drops the one with ``key``; does nothing if there is no such row."""
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
        """The rows with any text in them."""
        return [row for row in self.rows if any(row.cells.values())]

    @property
    def good(self) -> bool:
        """True if no cell has an error message."""
        return not any(row.wrong for row in self.rows)


def run_button(value: str, known: Mapping[str, Rows]) -> bool:
    """Runs the button of a row, such as "lanes-up-3"; False if ``value`` is not one of ``known`` rows."""
    match = _BUTTON.fullmatch(value)
    if match is None or match["rows"] not in known:
        return False
    known[match["rows"]].act(match["act"], match["key"])
    return True


def lanes_of(rows: Rows, sources: Mapping[str, str]) -> tuple[Lane, ...]:
    """The valid lanes, and an error message at each invalid cell. A source is one of ``sources`` and occurs once."""
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
    """The valid hours in which the panel is on. An end before its start is on the next day."""
    found = []
    for row in rows.filled():
        start, end = (_parsed(row, name, time.fromisoformat, gettext("Giờ viết như 05:00")) for name in rows.columns)
        if start is not None and start == end:
            row.wrong["end"] = gettext("Giờ bật và giờ tắt giống nhau")
        if not row.wrong and start is not None and end is not None:
            found.append(Hours(start, end))
    return tuple(found)


def days_of(rows: Rows, themes: Mapping[str, object]) -> tuple[ThemeDays, ...]:
    """The valid days with another theme, both days included; ``themes`` are those that exist."""
    found = []
    for row in rows.filled():
        theme = row.cells["theme"]
        if theme not in themes:
            row.wrong["theme"] = gettext("Chưa chọn màu")
        first, last = (
            _parsed(row, name, date.fromisoformat, gettext("Ngày viết như 2026-12-01")) for name in ("first", "last")
        )
        if first is not None and last is not None and last < first:
            row.wrong["last"] = gettext("Ngày cuối đứng trước ngày đầu")
        if not row.wrong and first is not None and last is not None:
            found.append(ThemeDays(theme, first, last))
    return tuple(found)


def _number(row: Row, name: str, usual: int, most: int) -> int:
    """The number in a cell, from 1 to ``most``; ``usual`` if it is empty or invalid."""
    text = row.cells[name]
    if not text:
        return usual
    if not re.fullmatch(r"\d{1,6}", text) or not 1 <= int(text) <= most:
        row.wrong[name] = gettext("Số từ 1 đến %(most)s", most=most)
        return usual
    return int(text)


def _parsed(row: Row, name: str, parse: Callable[[str], T], wrong: str) -> T | None:
    """The value of a cell; None with a message at the cell if it is empty or ``parse`` raises ValueError."""
    text = row.cells[name]
    if not text:
        row.wrong[name] = gettext("Mục này chưa có gì")
        return None
    try:
        return parse(text)
    except ValueError:
        row.wrong[name] = wrong
        return None
