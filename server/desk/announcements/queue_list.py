"""The list of one tab of the queue: filtered by text and area, and paginated; called by the queue's views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from flask import request
from flask_babel import lazy_gettext

from server.core.announcements.search_text import without_marks
from server.core.model import Announcement, Area
from server.core.workflow import Phase, phase
from server.desk.announcements.previews import Preview, boards_reached, previews
from server.desk.announcements.wording import Summary, names_of_people, summary
from server.desk.web.context import desk
from server.desk.web.pagination import Page, requested_page
from server.store.announcements import autosave, listings
from server.store.announcements.autosave import Autosave

SHOWN_AT_ONCE = 40
MOST_PREVIEWED = 8  # rows with a preview; the others have none, because drawing a slide is the slowest part of a row


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the queue: ``name`` as in the address, and the phases that it lists."""

    name: str
    label: object
    phases: tuple[Phase, ...]
    empty: object


TABS = (
    Tab("submitted", lazy_gettext("Chờ duyệt"), ("submitted",), lazy_gettext("Không có gì chờ duyệt.")),
    Tab("draft", lazy_gettext("Bản nháp"), ("draft", "returned"), lazy_gettext("Không có bản nháp nào.")),
    Tab("scheduled", lazy_gettext("Sắp chiếu"), ("scheduled",), lazy_gettext("Không có gì hẹn giờ.")),
    Tab("on air", lazy_gettext("Đang chiếu"), ("on air",), lazy_gettext("Không có thông báo nào đang chiếu.")),
    Tab("ended", lazy_gettext("Đã xong"), ("ended", "withdrawn"), lazy_gettext("90 ngày qua chưa có gì kết thúc.")),
)
_SUBMITTED, _DRAFTS, _, _ON_AIR, _ = TABS


class Row(Summary):
    """A row of the list."""

    previews: list[Preview]
    area: str


class QueueList(TypedDict):
    """What the list's template needs; ``tabs`` come with the number of announcements in each."""

    tabs: list[tuple[Tab, int]]
    tab: Tab
    page: Page[Announcement]
    rows: list[Row]
    areas: list[Area]
    names: Mapping[str, str]
    orders: bool
    unsent: Sequence[Autosave]


def queue_list() -> QueueList:
    """The list that the request asks for by ``tab``, ``area``, ``q`` and ``page``."""
    areas = desk.areas("announcement.write")
    by_tab, counts = _announcements_by_tab(areas)
    asked = request.args.get("tab")
    tab = next((each for each in TABS if each.name == asked), None) or _first_tab(by_tab)
    page = requested_page(by_tab[tab.name], SHOWN_AT_ONCE)
    return {
        "tabs": [(each, counts[each.name]) for each in TABS],
        "tab": tab,
        "page": page,
        "rows": [_row(one, drawn=at < MOST_PREVIEWED) for at, one in enumerate(page.items)],
        "areas": [desk.tree().get(slug) for slug in areas],
        "names": names_of_people(),
        "orders": tab.name in ("on air", "scheduled") and desk.may("announcement.approve"),
        "unsent": autosave.of(desk.db, desk.actor()) if tab.name == "draft" else (),
    }


def _announcements_by_tab(areas: Sequence[str]) -> tuple[dict[str, list[Announcement]], dict[str, int]]:
    """The announcements that match the search, by tab, and how many there are in each tab.

    Ended announcements grow without limit and are rarely read: they are loaded only for a search or for their own
    tab, and otherwise only counted.
    """
    wanted, words, now = request.args.get("area", ""), request.args.get("q", ""), desk.now()
    within = [slug for slug in areas if not wanted or desk.tree().covers(wanted, slug)]
    with_ended = bool(words) or request.args.get("tab") == "ended"
    listed = listings.listed(desk.db, within, now=now, ended=with_ended)
    by_tab = _by_tab([one for one in listed if _matches(one, words)], now)
    counts = {name: len(found) for name, found in by_tab.items()}
    if not with_ended:
        counts["ended"] += listings.count_ended(desk.db, within, now=now)
    return by_tab, counts


def _by_tab(found: Sequence[Announcement], now: datetime) -> dict[str, list[Announcement]]:
    tab_of = {each: tab.name for tab in TABS for each in tab.phases}
    by_tab: dict[str, list[Announcement]] = {tab.name: [] for tab in TABS}
    for one in found:
        by_tab[tab_of[phase(one, now)]].append(one)
    return by_tab


def _first_tab(by_tab: Mapping[str, Sequence[Announcement]]) -> Tab:
    """The default tab: drafts if one of the user's was returned, else submissions if any, else on air."""
    me = desk.actor()
    if any(one.state == "returned" and me in (one.created_by, one.edited_by) for one in by_tab["draft"]):
        return _DRAFTS
    return _SUBMITTED if by_tab["submitted"] else _ON_AIR


def _row(one: Announcement, *, drawn: bool) -> Row:
    area = desk.tree().get(one.area).name if one.area in desk.tree() else one.area
    return {**summary(one), "previews": previews(one, boards_reached(one))[:1] if drawn else [], "area": area}


def _matches(one: Announcement, words: str) -> bool:
    """True if title or text hold every one of ``words``, with or without diacritics."""
    text = without_marks(f"{one.title} {one.text}")
    return all(word in text for word in without_marks(words).split())
