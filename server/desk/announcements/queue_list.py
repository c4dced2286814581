"""Prepares the list of one tab of the queue, filtered by text and area and paginated; called by the queue's views."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypedDict

from flask import request
from flask_babel import lazy_gettext

from server.core.announcements.parts import Problem
from server.core.announcements.search_text import without_marks
from server.core.model import Announcement, Area
from server.core.workflow import Phase, phase
from server.desk.announcements import seen
from server.desk.announcements.origins import origins
from server.desk.announcements.previews import Preview, previews
from server.desk.announcements.wording import Summary, names_of_people, summary
from server.desk.web.context import desk
from server.desk.web.names import area_name
from server.desk.web.pagination import Page, requested_page
from server.store.announcements import autosave, listings
from server.store.announcements.autosave import Autosave
from server.store.database.damaged_rows import DamagedRow
from server.store.people import people

SHOWN_AT_ONCE = 40
MOST_PREVIEWED = 8  # rows with a preview; the others have none, because drawing a slide is the slowest part of a row


@dataclass(frozen=True, slots=True)
class Tab:
    """A tab of the queue: its ``name`` in the address, its label, the phases of the announcements that it lists.

    ``empty`` is the text for a tab without announcements.
    """

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
    """An announcement as a row of the list.

    ``when`` says when it would be shown, ``never`` why no board would ever show it; both are empty unless it waits
    for approval.
    """

    previews: list[Preview]
    area: str
    when: str
    never: Sequence[Problem]


class QueueList(TypedDict):
    """The variables of the list's template.

    ``tabs`` are the tabs, each with its number of announcements. ``names`` maps usernames to names, ``origins`` ids
    to the level or server that an announcement came from. ``orders``: the user may change the order of the rows.
    ``unsent`` are the user's autosaves; ``damaged`` are stored announcements that cannot be read.
    """

    tabs: list[tuple[Tab, int]]
    tab: Tab
    page: Page[Announcement]
    rows: list[Row]
    areas: list[Area]
    names: Mapping[str, str]
    origins: Mapping[int, str]
    orders: bool
    unsent: Sequence[Autosave]
    damaged: Sequence[DamagedRow]


def queue_list() -> QueueList:
    """Returns the list that the query parameters ``tab``, ``area``, ``q`` (search words) and ``page`` ask for."""
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
        "origins": origins([one.id for one in page.items]),
        "orders": tab.name in ("on air", "scheduled") and desk.may("announcement.approve"),
        "damaged": listings.damaged(desk.db, areas, now=desk.now()),
        "unsent": autosave.of(desk.db, desk.actor()) if tab.name == "draft" else (),
    }


def _announcements_by_tab(areas: Sequence[str]) -> tuple[dict[str, list[Announcement]], dict[str, int]]:
    """Returns (tab name -> the announcements that match the search, tab name -> their number).

    Ended announcements are many and rarely read, so they are only counted unless the request searches or asks for
    their tab.
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
    """Returns the tab to show if the request names none.

    It is the tab of drafts if one of the user's announcements was returned, else that of submitted announcements if
    there are any, else that of drafts if one came from outside, such as an electronic document: nobody at the desk
    began it, so somebody has to be shown it. Otherwise it is the tab of announcements on air.
    """
    me, drafts = desk.actor(), by_tab["draft"]
    if any(one.state == "returned" and me in (one.created_by, one.edited_by) for one in drafts):
        return _DRAFTS
    if by_tab["submitted"]:
        return _SUBMITTED
    written_here = {one.username for one in people.all(desk.db)}
    return _DRAFTS if any(one.state == "draft" and one.created_by not in written_here for one in drafts) else _ON_AIR


def _row(one: Announcement, *, drawn: bool) -> Row:
    waits = one.state == "submitted"
    return {
        **summary(one),
        "previews": previews(one, seen.boards_reached(one))[:1] if drawn else [],
        "area": area_name(one.area),
        "when": seen.sentence(one) if waits else "",
        "never": seen.never_seen(one) if waits else (),
    }


def _matches(one: Announcement, words: str) -> bool:
    """True if title and text together contain every word of ``words``; diacritics are ignored."""
    text = without_marks(f"{one.title} {one.text}")
    return all(word in text for word in without_marks(words).split())
