"""Makes the list of what a public board shows, for telephones: rows in groups; called by board_views.

The groups are, in this order: items with a deadline, the nearest first; statutory postings; announcements; news.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from flask_babel import gettext

from server.core.announcements.deadlines import deadline
from server.core.area_search import contains
from server.core.areas import AreaTree
from server.core.item_addresses import item_path
from server.core.model import Announcement, Story
from server.core.typesetting.markdown import blocks
from server.core.typesetting.names import keep_names_whole
from server.core.typesetting.paging import NO_BREAK
from server.desk.public.public_boards import OnBoard
from server.desk.web.context import desk


@dataclass(frozen=True, slots=True)
class Row:
    """An item of the list. ``line`` is the small line below the title. ``day`` is a deadline, None without one.

    ``picture`` is the hash of a picture, "" if the row has none. ``text`` is the text that a search looks through.
    """

    path: str
    title: str
    line: str
    text: str
    day: date | None = None
    picture: str = ""
    language: str = ""


@dataclass(frozen=True, slots=True)
class Group:
    """Rows under one heading; ``key`` is the short name of the group in the page's address (its anchor)."""

    key: str
    name: str
    rows: tuple[Row, ...]


def headline(title: str) -> str:
    """Returns the title with no-break spaces inside names and compound words, as on slides, and before dashes."""
    return keep_names_whole(title).replace(" – ", f"{NO_BREAK}– ")


def groups(shown: OnBoard, tree: AreaTree, words: str = "") -> tuple[Group, ...]:
    """Returns the groups that have rows. With ``words``, only rows that contain all of these words are listed.

    A word matches with or without its diacritics.
    """
    zone = ZoneInfo(shown.board.zone)
    today = desk.now().astimezone(zone).date()
    announced = [(one, _announcement_row(one, tree, today, zone)) for one in shown.announcements]
    dated = sorted((row for _, row in announced if row.day), key=lambda row: row.day or date.max)
    made = (
        Group("han", gettext("Có hạn, gần nhất trước"), tuple(dated)),
        Group("niem-yet", gettext("Niêm yết"), tuple(row for one, row in announced if _is_posting(one, row))),
        Group("thong-bao", gettext("Thông báo"), tuple(row for one, row in announced if _is_plain(one, row))),
        Group("tin", gettext("Tin tức"), tuple(_story_row(one, shown, today, zone) for one in shown.stories)),
    )
    found = (Group(one.key, one.name, tuple(row for row in one.rows if contains(row.text, words))) for one in made)
    return tuple(group for group in found if group.rows)


def _is_posting(one: Announcement, row: Row) -> bool:
    return row.day is None and one.longest_gap is not None


def _is_plain(one: Announcement, row: Row) -> bool:
    return row.day is None and one.longest_gap is None


def _announcement_row(one: Announcement, tree: AreaTree, today: date, zone: ZoneInfo) -> Row:
    office = tree.get(one.area).issuer
    text = " ".join(block.text for block in blocks(one.text)) if one.kind == "text" else one.text
    day = deadline(one, today, zone)
    what = gettext("Niêm yết") if one.longest_gap is not None else office
    picture = next((file.hash for file in one.attachments if file.type == "image/webp"), "")
    return Row(
        item_path("announcement", one.id),
        headline(one.title or (one.contact.name if one.contact else "") or str(gettext("Thông báo"))),
        f"{what} · {_days_left(day, today)}" if day else str(what),
        f"{one.title} {text} {office} {' '.join(cell for row in one.table for cell in row)}",
        day,
        "" if day or one.kind == "pdf" else picture,
    )


def _story_row(one: Story, shown: OnBoard, today: date, zone: ZoneInfo) -> Row:
    source = shown.sources[one.source]
    return Row(
        item_path("story", one.id),
        headline(one.title),
        f"{source.label or source.name} · {_when(one.published.astimezone(zone), today)}",
        f"{one.title} {one.summary} {source.name} {source.label}",
        None,
        one.image or "",
        "" if one.language == "vi" else one.language,
    )


def _days_left(day: date, today: date) -> str:
    left = (day - today).days
    if left == 0:
        return str(gettext("hôm nay"))
    if left == 1:
        return str(gettext("ngày mai"))
    return str(gettext("còn %(days)s ngày", days=left))


def _when(at: datetime, today: date) -> str:
    return f"{at:%H:%M}" if at.date() == today else f"{at:%d/%m/%Y}"
