"""Says when and on which boards an announcement will be shown, or why never; called by the composer and the queue."""

from __future__ import annotations

from collections.abc import Sequence

from flask import g
from flask_babel import gettext, lazy_gettext, ngettext

from server.core import showing
from server.core.announcements.parts import Problem
from server.core.model import Announcement, Board, Window
from server.core.showing import Showing
from server.desk.announcements.access import rules
from server.desk.web.context import desk
from server.desk.web.i18n import moment
from server.desk.web.names import board_name
from server.desk.web.refusals import said
from server.desk.web.safe_boards import divide_safe
from server.store.boards import boards

DAY_NAMES = (
    lazy_gettext("thứ Hai"), lazy_gettext("thứ Ba"), lazy_gettext("thứ Tư"), lazy_gettext("thứ Năm"),
    lazy_gettext("thứ Sáu"), lazy_gettext("thứ Bảy"), lazy_gettext("Chủ nhật"),
)  # fmt: skip
_MOST_NAMED = 4


def all_boards() -> tuple[Board, ...]:
    """Returns every board in use; they are read once per request."""
    if "all_boards" not in g:
        g.all_boards = boards.all(desk.db)
    found: tuple[Board, ...] = g.all_boards
    return found


def boards_reached(one: Announcement) -> list[Board]:
    """Returns the boards that the announcement is addressed to.

    These are the boards that it names; if it names none, all boards in its area and the areas below.
    """
    return list(showing.reached(one, all_boards(), desk.tree()))


def showing_of(one: Announcement) -> Showing:
    """Returns when and on which boards the announcement will be shown from now on if it is approved."""
    return showing.showing(one, all_boards(), desk.tree(), desk.now(), rules().days_off)


def obstacles_of(one: Announcement) -> tuple[Problem, ...]:
    """Returns the reasons why the announcement cannot be submitted or approved now, in the user's language."""
    return _translated(showing.obstacles(one, all_boards(), desk.tree(), desk.now(), rules().days_off))


def never_seen(one: Announcement) -> tuple[Problem, ...]:
    """Returns the reasons why no board would ever show the announcement; empty if a board will.

    They are in the user's language.
    """
    return _translated(showing.never_seen(one, all_boards(), desk.tree(), desk.now(), rules().days_off))


def _translated(found: Sequence[Problem]) -> tuple[Problem, ...]:
    return tuple(Problem(problem.field, said(problem.sentence)) for problem in found)


def sentence(one: Announcement) -> str:
    """Says when and where the announcement will be shown, in sentences of the user's language; "" if never.

    For example "Chiếu lần đầu lúc 07:00 10/03/2026, trên 1 bảng tin (Trụ sở xã), đến 17:00 16/03/2026." A separate
    sentence names the boards that do not show it now because they are dark or show the safe page (a calm slide
    instead of all content).
    """
    found = showing_of(one)
    if found.first is None:
        return ""
    safe, others = divide_safe(found.boards)
    dark = tuple(board for board in others if board.mode == "dark")
    lit = tuple(board for board in others if board.mode != "dark")
    now_on = showing.showing(one, lit, desk.tree(), desk.now(), rules().days_off) if safe or dark else found
    told = [_first_sentence(now_on if lit else found, some_lit=bool(lit))]
    if found.off:
        told.append(gettext("Không chiếu ở %(boards)s: màn hình tắt vào các giờ ấy.", boards=_names(found.off)))
    if safe:
        told.append(gettext("Hiện không chiếu ở %(boards)s: bảng đang ở trang an toàn.", boards=_names(safe)))
    if dark:
        told.append(gettext("Hiện không chiếu ở %(boards)s: bảng đang tắt.", boards=_names(dark)))
    return " ".join(told)


def _first_sentence(found: Showing, *, some_lit: bool) -> str:
    """Returns the sentence that says when the announcement is first shown, where and until when.

    ``some_lit`` is false if all its boards are dark or show the safe page now.
    """
    where = ngettext("%(num)s bảng tin", "%(num)s bảng tin", len(found.boards))
    where += f" ({_names(found.boards)})"
    end = gettext("đến %(at)s", at=moment(found.until)) if found.until else gettext("đến khi gỡ")
    if found.first is not None and found.first > desk.now():
        first = moment(found.first)
        return str(
            gettext("Chiếu lần đầu lúc %(first)s, trên %(where)s, %(end)s.", first=first, where=where, end=end)
        )
    if not some_lit:
        return str(gettext("Chỉ chiếu khi bảng tin được bật lại, %(end)s.", end=end))
    return str(gettext("Chiếu ngay, trên %(where)s, %(end)s.", where=where, end=end))


def occurrences(found: Showing) -> list[str]:
    """Returns the next periods of showing in words, at most five, for example "thứ Ba 10/03, 07:00 đến 09:00".

    The year is included only if it is not the current one.
    """
    return [_occurrence(window) for window in found.coming]


def _occurrence(window: Window) -> str:
    start = window.start.astimezone(desk.zone())
    end = window.until.astimezone(desk.zone()) if window.until else None
    this_year = start.year == desk.now().astimezone(desk.zone()).year
    day = (
        f"{DAY_NAMES[start.weekday()]} {start:%d/%m}"
        if this_year
        else f"{DAY_NAMES[start.weekday()]} {start:%d/%m/%Y}"
    )
    until = f"{end:%H:%M}" if end else ""
    return str(gettext("%(day)s, %(start)s đến %(end)s", day=day, start=f"{start:%H:%M}", end=until))


def _names(named: Sequence[Board]) -> str:
    names = ", ".join(board_name(board.slug) for board in named[:_MOST_NAMED])
    more = len(named) - _MOST_NAMED
    if more <= 0:
        return names
    others = ngettext("và %(num)s bảng khác", "và %(num)s bảng khác", more)
    return f"{names} {others}"
