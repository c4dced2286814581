"""The content of an item's public page, read from the store; called by server.desk.public.views.

An approved announcement has a page from the time when a public board may first show it, even after it has ended. An
approved story has a page while a public board shows its source. Boards on the safe page do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from flask_babel import format_date, gettext

from server.core.announcements import recurrence
from server.core.areas import AreaTree
from server.core.item_addresses import ItemKind
from server.core.model import Announcement, Attachment, Board, Contact, Story
from server.core.typesetting.markdown import Block, Run, blocks
from server.core.typesetting.names import keep_names_whole
from server.core.workflow import phase
from server.desk.web.context import desk
from server.store.announcements import announcements
from server.store.boards import boards, panics
from server.store.database.errors import NotFound
from server.store.sources import sources, stories


class TakenDown(Exception):  # noqa: N818 - the name says what has happened
    """Raised for a withdrawn item; ``now`` is the id of the announcement that replaces it, None if there is none."""

    def __init__(self, now: int | None = None) -> None:
        super().__init__(now)
        self.now = now


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The content of an item's public page.

    ``kind``, ``issuer`` and ``posted`` (when it is shown) are words. ``ended``: it is not shown any more. The first
    row of ``table`` is its head. ``files`` are pictures, videos or, if ``is_document``, the pages of a PDF. ``link``
    is a web address, "" if there is none.
    """

    kind: str
    issuer: str
    title: str
    blocks: tuple[Block, ...]
    posted: str = ""
    ended: bool = False
    table: tuple[tuple[str, ...], ...] = ()
    files: tuple[Attachment, ...] = ()
    contact: Contact | None = None
    link: str = ""
    is_document: bool = False

    @property
    def headline(self) -> str:
        """The title with no-break spaces in names and compound words, as on slides."""
        return keep_names_whole(self.title)

    @property
    def description(self) -> str:
        """The first 200 characters of the text, for programs that show a preview of a shared link."""
        return " ".join(block.text for block in self.blocks)[:200]


def item_page(kind: ItemKind, id: int) -> ItemPage:
    """The content of the page of an item; ``kind`` is "announcement" or "story".

    Raises NotFound if it has no page, TakenDown if it was withdrawn, and StoreError.
    """
    return _announcement_page(id) if kind == "announcement" else _story_page(id)


def _announcement_page(id: int) -> ItemPage:
    one, tree, now = announcements.get(desk.db, id), desk.tree(), desk.now()
    shown_on = [board for board in _public_boards(tree) if _reaches(one, board, tree)]
    if one.template or one.state not in ("approved", "withdrawn") or not shown_on or not _has_begun(one, now):
        raise NotFound
    if one.state == "withdrawn":
        current = announcements.current_version(desk.db, one, now=now)
        raise TakenDown(current.id if current else None)
    return ItemPage(
        gettext("Thông báo"),
        tree.get(one.area).name,
        one.title,
        blocks(one.text) if one.kind == "text" else _paragraphs(one.text),
        _posted(one, ZoneInfo(shown_on[0].zone)),
        ended=phase(one, now) == "ended",
        table=one.table,
        files=one.attachments,
        contact=one.contact,
        link=_web_address(one.link),
        is_document=one.kind == "pdf",
    )


def _story_page(id: int) -> ItemPage:
    one = stories.get(desk.db, id)
    source = next((source for source in sources.all(desk.db) if source.slug == one.source), None)
    shown_on = [
        board for board in _public_boards(desk.tree()) if any(lane.source == one.source for lane in board.lanes)
    ]
    if source is None or one.state == "held" or not shown_on:
        raise NotFound
    if one.state == "withdrawn":
        raise TakenDown
    day = format_date(one.published.astimezone(ZoneInfo(shown_on[0].zone)), "dd/MM/yyyy", rebase=False)
    return ItemPage(
        source.label or gettext("Tin"),
        source.name,
        one.title,
        _paragraphs(one.summary),
        gettext("Đăng ngày %(day)s", day=day),
        table=one.table,
        files=_picture(one),
        link=_web_address(one.link),
    )


def _web_address(link: str) -> str:
    """The link if it is a web address, else ""; rows written by former versions may contain any text."""
    return link if link.startswith(("http://", "https://")) else ""


def _picture(story: Story) -> tuple[Attachment, ...]:
    return (Attachment(story.image, story.image_alt, 0, 0),) if story.image else ()


def _public_boards(tree: AreaTree) -> list[Board]:
    """The public boards that do not show the safe page, by their own mode or panic mode.

    Content that panic mode removes from the boards must not be on public pages either.
    """
    safe = {one.area for one in panics.on(desk.db)}
    public = (board for board in boards.all(desk.db) if board.public and board.mode != "safe")
    return [board for board in public if safe.isdisjoint(tree.chain(board.area))]


def _reaches(one: Announcement, board: Board, tree: AreaTree) -> bool:
    return one.area in tree.chain(board.area) and (not one.boards or board.slug in one.boards)


def _has_begun(one: Announcement, now: datetime) -> bool:
    """Whether a board may have shown the announcement.

    That is so if one of its periods has begun; of a recurring one, only periods that ended after its approval count.
    """
    if one.recurrence is None:
        return any(window.start <= now for window in one.windows)
    days_off = desk.config.announcements.days_off
    if one.decided is None:
        first = recurrence.first_start(one.recurrence, days_off)
        return first is not None and first <= now
    following = recurrence.coming(one.recurrence, now=one.decided, days_off=days_off, most=1)
    return any(window.start <= now for window in following)


def _posted(one: Announcement, zone: ZoneInfo) -> str:
    """The days on which the announcement is shown, as a phrase in the reader's language."""
    if one.recurrence is not None:
        first, last = one.recurrence.first, one.recurrence.last
    else:
        ends = [window.until for window in one.windows]
        first = min(window.start for window in one.windows).astimezone(zone).date()
        last = None if None in ends else max(end.astimezone(zone) for end in ends if end).date()
    days = {"first": f"{first:%d/%m/%Y}", "last": f"{last:%d/%m/%Y}" if last else ""}
    if last is None:
        return str(gettext("Đăng từ %(first)s", **days))
    if last == first:
        return str(gettext("Đăng ngày %(first)s", **days))
    return str(gettext("Đăng từ %(first)s đến hết %(last)s", **days))


def _paragraphs(text: str) -> tuple[Block, ...]:
    """A plain text as blocks: each line that is not empty becomes a paragraph."""
    return tuple(Block("paragraph", (Run(line.strip()),)) for line in text.split("\n") if line.strip())
