"""Computes when an announcement will first be seen, on which boards and until when; called by store, desk and cli.

An announcement that nobody would ever see cannot be approved; `never_seen` returns the reason. The desk and the
command line display the result of `showing`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from server.core.announcements import recurrence
from server.core.announcements.parts import Problem, problems_of
from server.core.areas import AreaTree
from server.core.lap.panel_hours import on_spans
from server.core.model import Announcement, Board, Recurrence, Window
from server.core.times import from_ms, to_ms

MOST_NAMED = 5
_SEARCHED = 60  # how many windows of a recurrence are compared with panel hours, which are the same every day
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Showing:
    """What will be seen of an announcement once it is approved.

    ``first`` is the first instant (UTC) at which a board may show it, None if none ever will. ``until`` is the end of
    its last window, None if there is no window or if the announcement is shown until it is withdrawn. ``boards`` are
    the boards that will show it, ``off`` those that are addressed but whose panel is off during all windows.
    ``coming`` are the next windows, at most `MOST_NAMED`.
    """

    first: datetime | None
    until: datetime | None
    boards: tuple[Board, ...]
    off: tuple[Board, ...]
    coming: tuple[Window, ...]


def reached(one: Announcement, boards: Iterable[Board], tree: AreaTree) -> tuple[Board, ...]:
    """The boards that ``one`` is addressed to: those of its area and of the areas below.

    If the announcement names boards, only these are returned.
    """
    return tuple(
        board
        for board in boards
        if tree.covers(one.area, board.area) and (not one.boards or board.slug in one.boards)
    )


def showing(
    one: Announcement, boards: Iterable[Board], tree: AreaTree, now: datetime, days_off: Collection[date] = ()
) -> Showing:
    """Returns when and where ``one`` will be seen from ``now`` on if it is approved, whatever its present state.

    ``days_off`` are days off besides the public holidays.
    """
    ahead = _coming(one, now, days_off)
    firsts = [(board, _first_on(board, ahead, now)) for board in reached(one, boards, tree)]
    seen = [at for _, at in firsts if at is not None]
    return Showing(
        first=min(seen, default=None),
        until=_end(one, ahead, days_off),
        boards=tuple(board for board, at in firsts if at is not None),
        off=tuple(board for board, at in firsts if at is None) if ahead else (),
        coming=ahead[:MOST_NAMED],
    )


def obstacles(
    one: Announcement, boards: Iterable[Board], tree: AreaTree, now: datetime, days_off: Collection[date] = ()
) -> tuple[Problem, ...]:
    """Returns all problems that keep ``one`` from being submitted or approved at ``now``.

    The problems of its content (`problems_of`) come first, then the one that `never_seen` finds, unless a time is
    implausible.
    """
    lacking = problems_of(one)
    implausible = any(problem.field in ("windows", "recurrence") for problem in lacking)
    return lacking if implausible else (*lacking, *never_seen(one, boards, tree, now, days_off))


def never_seen(
    one: Announcement, boards: Iterable[Board], tree: AreaTree, now: datetime, days_off: Collection[date] = ()
) -> tuple[Problem, ...]:
    """The problem because of which nobody would ever see ``one`` if it were approved at ``now``.

    Empty if a board will show it, and for a template, which is never shown.
    """
    if one.template:
        return ()
    found = showing(one, boards, tree, now, days_off)
    if problem := _time_problem(one, found, now, days_off):
        return (problem,)
    if found.first is not None:
        return ()
    if found.off:
        names = ", ".join(f"«{board.name}»" for board in found.off[:MOST_NAMED])
        names += f" và {len(found.off) - MOST_NAMED} màn hình khác" if len(found.off) > MOST_NAMED else ""
        return (Problem(_field(one), f"Màn hình {names} đều tắt vào các giờ đã chọn, nên sẽ không ai thấy."),)
    return (Problem("boards" if one.boards else "area", "Nơi đã chọn không có bảng tin nào, nên sẽ không ai thấy."),)


def _coming(one: Announcement, now: datetime, days_off: Collection[date]) -> tuple[Window, ...]:
    if one.recurrence is not None:
        return recurrence.coming(one.recurrence, now=now, days_off=days_off, most=_SEARCHED)
    ahead = (
        window
        for window in one.windows
        if window.until is None or (window.until > now and window.until > window.start)
    )
    return tuple(sorted(ahead, key=lambda window: window.start))


def _end(one: Announcement, ahead: Sequence[Window], days_off: Collection[date]) -> datetime | None:
    if one.recurrence is not None:
        return recurrence.last_end(one.recurrence, days_off)
    ends = [window.until for window in ahead if window.until is not None]
    return max(ends) if ends and len(ends) == len(ahead) else None


def _first_on(board: Board, ahead: Sequence[Window], now: datetime) -> datetime | None:
    """The first instant, not before ``now`` and within the windows ``ahead``, at which the panel is on; else None."""
    for window in ahead:
        start = max(window.start, now)
        # Panel hours repeat daily: if the panel is off for two days of a window, it is off for the rest of the
        # window.
        end = start + 2 * _DAY if window.until is None else min(window.until, start + 2 * _DAY)
        spans = on_spans(board.hours, board.zone, to_ms(start), to_ms(end))
        if spans:
            return max(start, from_ms(spans[0][0]))
    return None


def _time_problem(one: Announcement, found: Showing, now: datetime, days_off: Collection[date]) -> Problem | None:
    if one.recurrence is not None:
        return None if found.coming else Problem("recurrence", _no_occurrence(one.recurrence, days_off))
    if not one.windows:
        return Problem("windows", "Chưa chọn thời gian chiếu.")
    if all(window.until is not None and window.until <= now for window in one.windows):
        return Problem("windows", "Thời gian chiếu đã qua.")
    if any(window.until is not None and window.until <= window.start for window in one.windows):
        return Problem("windows", "Lúc kết thúc phải ở sau lúc bắt đầu.")
    return None if found.coming else Problem("windows", "Thời gian chiếu đã qua.")


def _no_occurrence(rule: Recurrence, days_off: Collection[date]) -> str:
    if rule.last is not None and rule.last < rule.first:
        return "Ngày cuối ở trước ngày đầu, nên sẽ không chiếu lần nào."
    if recurrence.first_start(rule, days_off) is not None:
        return "Mọi lần chiếu đều đã qua."
    return "Từ ngày đầu đến ngày cuối không có lần chiếu nào theo lịch lặp lại này."


def _field(one: Announcement) -> str:
    return "windows" if one.recurrence is None else "recurrence"
