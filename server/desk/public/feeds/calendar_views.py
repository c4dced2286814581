"""Views of calendars: of a board, an area or one item ("Nhắc tôi"); registered by server.desk.app.

An announcement or notice that was withdrawn before its end stays in a calendar as a cancelled entry without a text,
so that calendar programs remove it. This applies only to what screens have really shown and to what a newer version
has replaced; a draft leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time
from http import HTTPStatus

from flask import Blueprint, Response
from flask_babel import lazy_gettext

from server.content.public_feeds.kept_files import MOST_BYTES, Made
from server.content.public_feeds.scopes import Scope, ScopeKind
from server.core import showing
from server.core.item_addresses import item_of
from server.core.model import Announcement
from server.core.notices.order import reaches
from server.desk.public.feeds.answers import answer, refused
from server.desk.public.feeds.calendar_entries import (
    CalendarEntry,
    entries_of,
    withdrawn_announcement,
    withdrawn_notice,
)
from server.desk.public.feeds.feed_views import file_of
from server.desk.public.feeds.scopes import base_address, everything, live_item
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.announcements import announcements, listings
from server.store.database.errors import NotFound
from server.store.notices import notices
from server.store.screens import plays

pages = Blueprint("public_calendars", __name__)
MOST_ENTRIES = 1000
MOST_WITHDRAWN = 200
_NO_DATE = lazy_gettext("Tin này không có ngày hẹn hay thời hạn nào sắp tới, hoặc không có tin này.")
_GONE = lazy_gettext("Tin này không còn được đăng.")


@pages.get("/board/<slug>/calendar.ics", defaults={"kind": "board"})
@pages.get("/area/<slug>/calendar.ics", defaults={"kind": "area"})
@needs("public")
def of_boards(kind: ScopeKind, slug: str) -> Response:
    def make(scope: Scope) -> Made:
        # Imported here because loading the library of calendars takes a tenth of the desk's start.
        from server.desk.public.feeds.calendar_file import TYPE, calendar

        found, now = scope.items(), desk.now()
        live = (entry for item in found.items for entry in entries_of(item, desk.zone(), now))
        listed = sorted([*live, *_withdrawn(scope, now)], key=_begin)[:MOST_ENTRIES]
        head = scope.head(f"Lịch: {scope.title}")
        return Made(
            calendar(head, listed, head.absolute(f"{head.path}/calendar.ics"), MOST_BYTES), TYPE, found.changes
        )

    return file_of(kind, slug, "calendar.ics", make)


@pages.get("/item/<key>.ics")
@needs("public")
def of_item(key: str) -> Response:
    """The calendar of one item, with an alarm for each entry.

    Answers 410 if the item was withdrawn, 404 if it has no entry that is still to come or does not exist.
    """

    def make() -> Made:
        from server.desk.public.feeds.calendar_file import TYPE, calendar

        found = live_item(key)
        (item,) = found.items
        entries = entries_of(item, desk.zone(), desk.now())
        if not entries:
            raise NotFound(key)
        head = replace(everything().head(item.title), path=item.path)
        body = calendar(head, entries, head.absolute(f"{item.path}.ics"), MOST_BYTES, remind=True)
        return Made(body, TYPE, found.changes)

    try:
        return answer(f"{base_address()}/item/{key}.ics", make)
    except NotFound:
        return refused(HTTPStatus.GONE, _GONE) if _is_gone(key) else refused(HTTPStatus.NOT_FOUND, _NO_DATE)


def _is_gone(key: str) -> bool:
    """True if the item is a withdrawn announcement that screens have shown or that a newer one has replaced."""
    kind, id = item_of(key) or ("", 0)
    try:
        one = announcements.get(desk.db, id) if kind == "announcement" else None
    except NotFound:
        return False
    if one is None or one.state != "withdrawn":
        return False
    return one.successor is not None or bool(plays.ever_shown(desk.db, [_play(one)]))


def _withdrawn(scope: Scope, now: datetime) -> Iterator[CalendarEntry]:
    """Yields the entries of items that these boards showed and that were withdrawn before their end."""
    gone = listings.withdrawn(desk.db, scope.areas, now=now, most=MOST_WITHDRAWN)
    shown = plays.ever_shown(desk.db, [_play(one) for one in gone])
    for one in _reaching(gone, scope):
        if one.successor is not None or _play(one) in shown:
            yield from withdrawn_announcement(one, desk.zone(), now)
    for notice in notices.all(desk.db, states=("cleared", "corrected"), most=MOST_WITHDRAWN):
        # A draft that was discarded has ended when it began: it never was on air.
        on_air = notice.ended is not None and notice.ended > notice.issued
        own = not notice.is_received and not notice.is_message
        if own and on_air and notice.until > now and any(
            reaches(notice, board.slug, scope.province.tree.chain(board.area)) for board in scope.boards
        ):  # fmt: skip
            yield withdrawn_notice(notice, desk.zone())


def _reaching(gone: Iterable[Announcement], scope: Scope) -> Iterator[Announcement]:
    return (one for one in gone if showing.reached(one, scope.boards, scope.province.tree))


def _play(one: Announcement) -> str:
    return f"announcement:{one.id}"


def _begin(entry: CalendarEntry) -> tuple[datetime, str]:
    start = entry.start if isinstance(entry.start, datetime) else datetime.combine(entry.start, time(), UTC)
    return start, entry.name
