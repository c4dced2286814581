"""Rows of fields in the board's form (lanes, hours, days with another theme); used by boards.form.

All cells of a column are form fields of the same name, posted in the order of the page, so a row that is dragged
needs no renaming. The buttons of a row refer to its key, which does not change when the row is dragged.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from flask_babel import gettext
from werkzeug.datastructures import MultiDict

from server.core.model import Hours, Lane, ThemeDays
from server.core.text_input import whole_numbers
from server.desk.web.dates import day_from, hour_from
from server.store.boards.boards import MOST_LANES

_BUTTON = re.compile(r"(?P<rows>[a-z]+)-(?P<act>up|down|drop|add)(-(?P<key>[a-z0-9]{1,9}))?")
MOST_ROWS = MOST_LANES
NEW_KEY = "NEW"
"""The key of the empty row that board-form.js copies for a new row; the script replaces the key by a number."""
T = TypeVar("T")


@dataclass(slots=True)
class Row:
    """A row of fields: column -> typed text (``cells``) and column -> error message (``wrong``).

    ``key`` identifies the row among the rows of its kind.
    """

    key: str
    cells: dict[str, str]
    wrong: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Rows:
    """All rows of one kind, such as the lanes, in the board's form.

    Their form fields are named NAME-COLUMN and NAME-key, where NAME is the name of the rows.
    """

    name: str
    columns: tuple[str, ...]
    rows: list[Row] = field(default_factory=list)

    def fill(self, values: Sequence[Sequence[object]]) -> None:
        """Replaces the rows; each item of ``values`` is a row with its values in the order of the columns."""
        self.rows = [
            Row(str(n), dict(zip(self.columns, map(str, value), strict=True))) for n, value in enumerate(values)
        ]

    def read(self, form: MultiDict[str, str]) -> None:
        """Replaces the rows by the rows of a posted form, including empty ones."""
        keys = form.getlist(f"{self.name}-key")
        cells = [form.getlist(f"{self.name}-{column}") for column in self.columns]
        self.rows = [
            Row(key, {column: each[at].strip() for column, each in zip(self.columns, cells, strict=True)})
            for at, key in enumerate(keys)
            if all(at < len(each) for each in cells)
        ]

    def act(self, act: str, key: str | None) -> None:
        """Performs a button: "add" adds an empty row; "up", "down" and "drop" move or remove the row ``key``.

        Does nothing if there is no such row, or if a row is to be added and there are MOST_ROWS already.
        """
        if act == "add":
            if len(self.rows) < MOST_ROWS:
                numbers = whole_numbers(row.key for row in self.rows)
                self.rows.append(Row(str(max(numbers, default=-1) + 1), dict.fromkeys(self.columns, "")))
            return
        at = next((n for n, row in enumerate(self.rows) if row.key == key), None)
        if at is None:
            return
        row = self.rows.pop(at)
        if act != "drop":
            self.rows.insert(max(0, at + (1 if act == "down" else -1)), row)

    def filled(self) -> list[Row]:
        """Returns the rows in which at least one cell is filled."""
        return [row for row in self.rows if any(row.cells.values())]

    def blank(self) -> Row:
        """Returns an empty row with the key NEW_KEY, which the page contains as a template for new rows."""
        return Row(NEW_KEY, dict.fromkeys(self.columns, ""))

    @property
    def excess(self) -> int:
        """The number of filled rows above MOST_ROWS; the form refuses them."""
        return max(0, len(self.filled()) - MOST_ROWS)

    @property
    def good(self) -> bool:
        """True if no cell has an error message."""
        return not any(row.wrong for row in self.rows)


def run_button(value: str, known: Mapping[str, Rows]) -> bool:
    """Performs the button of a row. ``value`` is the button's value, NAME-ACT-KEY, for example "lanes-up-3".

    ``known`` maps names to the rows. Returns False if ``value`` is not the value of such a button.
    """
    match = _BUTTON.fullmatch(value)
    if match is None or match["rows"] not in known:
        return False
    known[match["rows"]].act(match["act"], match["key"])
    return True


def lanes_of(rows: Rows, sources: Mapping[str, str]) -> tuple[Lane, ...]:
    """Returns the lanes of the valid rows; adds an error message to each invalid cell.

    A source must be one of ``sources`` (slug -> name) and may occur only once.
    """
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
    """Returns the hours in which the board's panel is switched on, from the valid rows.

    Adds an error message to each invalid cell. An end that is earlier than its start is on the next day.
    """
    found = []
    for row in rows.filled():
        start, end = (_parsed(row, name, hour_from) for name in rows.columns)
        if start is not None and start == end:
            row.wrong["end"] = gettext("Giờ bật và giờ tắt giống nhau")
        if not row.wrong and start is not None and end is not None:
            found.append(Hours(start, end))
    return tuple(found)


def days_of(rows: Rows, themes: Mapping[str, object]) -> tuple[ThemeDays, ...]:
    """Returns the ThemeDays of the valid rows; each row gives a theme and its first and last day, inclusive.

    Adds an error message to each invalid cell. ``themes`` has the names of the themes as keys.
    """
    found = []
    for row in rows.filled():
        theme = row.cells["theme"]
        if theme not in themes:
            row.wrong["theme"] = gettext("Chưa chọn màu")
        first, last = (_parsed(row, name, day_from) for name in ("first", "last"))
        if first is not None and last is not None and last < first:
            row.wrong["last"] = gettext("Ngày cuối đứng trước ngày đầu")
        if not row.wrong and first is not None and last is not None:
            found.append(ThemeDays(theme, first, last))
    return tuple(found)


def _number(row: Row, name: str, usual: int, most: int) -> int:
    """Returns the number in a cell, from 1 to ``most``; ``usual`` if it is empty or invalid.

    An invalid cell gets an error message.
    """
    text = row.cells[name]
    if not text:
        return usual
    if not re.fullmatch(r"\d{1,6}", text) or not 1 <= int(text) <= most:
        row.wrong[name] = gettext("Số từ 1 đến %(most)s", most=most)
        return usual
    return int(text)


def _parsed(row: Row, name: str, parse: Callable[[str], T]) -> T | None:
    """Returns the value of a cell, parsed by ``parse``.

    If the cell is empty, or ``parse`` raises ValueError with a sentence, the cell gets the error and None is
    returned.
    """
    text = row.cells[name]
    if not text:
        row.wrong[name] = gettext("Mục này chưa có gì")
        return None
    try:
        return parse(text)
    except ValueError as error:
        row.wrong[name] = str(error)
        return None
