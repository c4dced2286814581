"""Defines the composer's form and converts it from and to an Announcement; used by composer_page, composer_actions.

A draft may be incomplete, so the form reports only values that cannot be parsed. server/core/announcements/parts.py
checks what must be there before an announcement can be shown.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext
from werkzeug.datastructures import MultiDict
from wtforms import SelectChoice, SelectMultipleField, ValidationError

from server.core.announcements import recurrence
from server.core.announcements.table_text import Rows, as_text, rows_of
from server.core.areas import AreaTree
from server.core.model import Announcement, AnnouncementKind, Attachment, Board, Contact, Original, Recurrence, Window
from server.desk.announcements.composer_fields import KINDS, ComposeFields, month_days_text, parse_month_days
from server.desk.web.names import area_name, board_name

SHOWN_DAYS = 7
_WITH_FILES = ("pictures", "pdf", "video")
_WITH_ORIGINALS = ("pictures", "pdf", "table")
# Bullets of lists in text pasted from Word. They are replaced by "- ", which begins a list item on the boards.
_BULLET = re.compile(r"(?m)^[ \t\u00a0]*[•·●▪◦\uf0b7\uf0a7][ \t\u00a0]*")
_CARD = ("name", "role", "phone", "address", "hours", "email")
# Field of Announcement -> form field that shows its errors, where the names differ.
_FORM_FIELDS: Mapping[str, str] = {
    "windows": "until",
    "recurrence": "last",
    "contact": "contact_name",
    "longest_gap": "gap",
}


class ComposeForm(ComposeFields):
    """The composer's form, with the choices that the signed-in person has.

    ``offered`` are the slugs of the areas to choose from; ``boards`` are all boards, of which those in these areas
    are offered; ``files`` are the attached files in their order, ``originals`` the documents from which
    these were made. Times in the form are local to ``zone``; ``now`` is an aware datetime.
    """

    def __init__(
        self,
        tree: AreaTree,
        offered: Sequence[str],
        boards: Sequence[Board],
        zone: ZoneInfo,
        now: datetime,
        files: Sequence[Attachment] = (),
        formdata: MultiDict[str, str] | None = None,
        originals: Sequence[Original] = (),
    ) -> None:
        super().__init__(formdata=formdata, meta={"csrf": False})  # CSRFProtect of server.desk.app checks every form
        self.tree, self.offered, self.zone, self.now, self.files = tree, tuple(offered), zone, now, tuple(files)
        self.all_boards, self.originals = tuple(boards), tuple(originals)
        if formdata is None:
            self.weekdays.data = [str(now.astimezone(zone).weekday())]
        # If there are several areas, none is preselected: otherwise a user who overlooks the field would address the
        # first one, perhaps the whole province.
        none_yet = [SelectChoice("", gettext("Chọn đơn vị"))] if len(self.offered) > 1 else []
        self.area.choices = [*none_yet, *(SelectChoice(slug, area_name(slug)) for slug in self.offered)]
        within = [board for board in boards if any(tree.covers(slug, board.area) for slug in self.offered)]
        self.boards.choices = [SelectChoice(board.slug, board_name(board.slug)) for board in within]

    def validate_boards(self, field: SelectMultipleField) -> None:
        if self.where.data != "boards":
            return
        if not field.data:
            raise ValidationError(gettext("Chưa chọn bảng tin nào"))
        of_area = {one.slug for one in self.all_boards if self.tree.covers(self.area.data or "", one.area)}
        if set(field.data) - of_area:
            raise ValidationError(gettext("Có bảng tin không thuộc đơn vị đã chọn"))

    def add_error(self, field: str, sentence: str) -> None:
        """Adds an error to the form field that shows ``field`` of Announcement; to the form if no field shows it."""
        name = _FORM_FIELDS.get(field, field)
        if name in self._fields:
            self._fields[name].errors = [*self._fields[name].errors, sentence]
        else:
            self.form_errors.append(sentence)

    def rows(self) -> Rows:
        """Returns the cells of the typed table, row by row; empty if its text cannot be parsed."""
        try:
            return rows_of(self.table.data or "")
        except ValueError:
            return ()

    def announcement(
        self, actor: str, base: Announcement | None = None, copy_of: Announcement | None = None
    ) -> Announcement:
        """Returns the announcement in the form: a copy of ``base`` with the form's values, or a new draft.

        A new draft may be a copy of ``copy_of``. Works for an incomplete form as well, for the preview. ``actor`` is
        the username of a new draft's writer.
        """
        kind: AnnouncementKind = self.kind.data if self.kind.data in KINDS else "text"
        blank = Announcement(0, "", "", "", (), self.now, actor, state="draft")
        repeats = self.when.data == "repeat"
        boards = tuple(self.boards.data or ()) if self.where.data == "boards" else ()
        return replace(
            base or blank,
            kind=kind,
            title=" ".join((self.title.data or "").split()),
            text=_BULLET.sub("- ", (self.text.data or "").replace("\r\n", "\n")).strip(),
            table=self.rows() if kind == "table" else (),
            attachments=self.files if kind in _WITH_FILES else (),
            originals=self.originals if kind in _WITH_ORIGINALS else (),
            contact=self._contact() if kind == "contact" else None,
            link=(self.link.data or "").strip(),
            area=self.area.data if self.area.data in self.offered else "",
            boards=boards,
            windows=() if repeats else self._windows(),
            recurrence=_within_bounds(self._recurrence(), base or copy_of) if repeats else None,
            priority=bool(self.priority.data),
            longest_gap=timedelta(minutes=self.gap.data) if self.statutory.data and self.gap.data else None,
            sound=bool(self.sound.data) and kind == "video",
            advert=bool(self.advert.data),
        )

    def fill(self, one: Announcement) -> None:
        """Fills the form from an existing announcement."""
        for name in ("kind", "title", "text", "link", "area", "priority", "sound", "advert"):
            self._fields[name].data = getattr(one, name)
        self.table.data, self.files, self.originals = as_text(one.table), one.attachments, one.originals
        self.where.data, self.boards.data = ("boards" if one.boards else "all"), list(one.boards)
        self.statutory.data = one.longest_gap is not None
        if one.longest_gap is not None:
            self.gap.data = int(one.longest_gap.total_seconds() // 60)
        card = one.contact or Contact("")
        for name in _CARD:
            self._fields[f"contact_{name}"].data = getattr(card, name)
        if one.recurrence is not None:
            self._fill_rule(one.recurrence)
        elif one.windows:
            self.since.data = self._local(one.windows[0].start)
            self.until.data = self._local(one.windows[-1].until)
        else:
            self.until.data = self.usual_end()

    def usual_end(self) -> datetime:
        """Returns the preset end of showing: 17:00 local time in SHOWN_DAYS days, as a naive datetime."""
        day = self.now.astimezone(self.zone).date() + timedelta(days=SHOWN_DAYS)
        return datetime.combine(day, time(17))

    def _fill_rule(self, rule: Recurrence) -> None:
        self.when.data = "repeat"
        weekdays, days = recurrence.weekdays_of(rule.rule), recurrence.month_days_of(rule.rule)
        self.every.data = "week" if weekdays else "month" if days else "day"
        self.weekdays.data = [str(day) for day in weekdays] or self.weekdays.data
        if days:
            self.month_days.data = month_days_text(days)
        self.opens.data, self.closes.data = rule.start, rule.end
        self.first.data, self.last.data, self.but_holidays.data = rule.first, rule.last, rule.but_holidays

    def _local(self, at: datetime | None) -> datetime | None:
        return None if at is None else at.astimezone(self.zone).replace(tzinfo=None, microsecond=0, second=0)

    def _windows(self) -> tuple[Window, ...]:
        # Without seconds, which the field cannot show: otherwise saving an unchanged form would make a new version.
        now = self.now.replace(second=0, microsecond=0)
        start = self.since.data.replace(tzinfo=self.zone).astimezone(UTC) if self.since.data else now
        end = self.until.data.replace(tzinfo=self.zone).astimezone(UTC) if self.until.data else None
        return (Window(start, end),)

    def _recurrence(self) -> Recurrence | None:
        weekdays = [int(day) for day in self.weekdays.data or ()] if self.every.data == "week" else []
        days = parse_month_days(self.month_days.data or "") if self.every.data == "month" else []
        if (self.every.data == "week" and not weekdays) or (self.every.data == "month" and not days):
            return None
        today = self.now.astimezone(self.zone).date()
        return Recurrence(
            recurrence.rule_of(weekdays, days),
            self.opens.data or time(7),
            self.closes.data or time(17),
            self.first.data or today,
            self.last.data,
            bool(self.but_holidays.data),
            str(self.zone),
        )

    def _contact(self) -> Contact:
        return Contact(*((self._fields[f"contact_{name}"].data or "").strip() for name in _CARD))


def _within_bounds(rule: Recurrence | None, base: Announcement | None) -> Recurrence | None:
    """Returns ``rule`` with ``not_before`` and ``not_after`` copied from the recurrence of ``base``.

    The form does not show these two values. They are copied only if the first and the last day are unchanged;
    otherwise ``rule`` is returned as it is.
    """
    old = base.recurrence if base is not None else None
    if rule is None or old is None or (rule.first, rule.last) != (old.first, old.last):
        return rule
    return replace(rule, not_before=old.not_before, not_after=old.not_after)
