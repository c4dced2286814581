"""Reads the content of an item's public page from the store; called by item_views.

An approved announcement has a page from the time when a public board may first show it until its last period of
showing ends. An approved story has a page while a public board has a lane for its source and the story is not too old
for that lane. Boards on the safe page do not count.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flask_babel import gettext

from server.core.announcements.beginning import begun_at
from server.core.announcements.deadlines import deadline
from server.core.areas import in_a_sentence
from server.core.item_addresses import ItemKind, item_path, web_address
from server.core.model import Area, Attachment, Board, Contact, Original, PdfSignatures, Story
from server.core.showing import reached
from server.core.typesetting.markdown import Block, blocks, paragraphs
from server.core.workflow import phase
from server.desk.public.board_list import headline
from server.desk.public.holding import changes_at
from server.desk.public.life import Life, announcement_life, story_life
from server.desk.public.public_boards import visible_boards
from server.desk.public.verification import ShownOn, shown_on
from server.desk.web.context import desk
from server.store.announcements import announcements
from server.store.database.errors import NotFound
from server.store.media import originals, signatures
from server.store.sources import sources, stories


class TakenDown(Exception):  # noqa: N818 - the name says what has happened
    """Raised for a withdrawn item.

    ``now`` is the id of the announcement that replaces it, None if there is none.
    """

    def __init__(self, now: int | None = None) -> None:
        super().__init__(now)
        self.now = now


class Ended(Exception):  # noqa: N818 - the name says what has happened
    """Raised for an item that was shown and whose time is over."""


@dataclass(frozen=True, slots=True)
class ItemPage:
    """The content of an item's public page.

    ``kind`` and ``issuer`` are texts; ``office`` is the responsible area, None for a story of a source without an
    area. The first row of ``table`` is its head. ``files`` are pictures, videos or, if ``is_document``, the pages of
    a PDF, and ``originals`` the documents themselves that are still kept. ``signed`` is what is known of the
    signatures of its PDF files. ``link`` is a web address, "" if there is
    none. ``day`` is a deadline, None without one. ``corrected`` is when the item replaced an earlier version, None if
    it did not. ``board`` is a public board that shows it.
    """

    key: str
    path: str
    kind: str
    issuer: str
    office: Area | None
    board: Board
    title: str
    blocks: tuple[Block, ...]
    life: Life
    proof: tuple[ShownOn, ...] = ()
    signed: tuple[PdfSignatures, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    files: tuple[Attachment, ...] = ()
    originals: tuple[Original, ...] = ()
    contact: Contact | None = None
    link: str = ""
    is_document: bool = False
    is_posting: bool = False
    corrected: datetime | None = None
    day: date | None = None
    language: str = "vi"

    @property
    def headline(self) -> str:
        """The title with no-break spaces inside names and compound words, as slides have them."""
        return headline(self.title)

    @property
    def issued_by(self) -> str:
        """The name of the issuer for the middle of a sentence, such as "xã Minh Tân"."""
        return in_a_sentence(self.office.issuer) if self.office else self.issuer

    @property
    def description(self) -> str:
        """The first 200 characters of the text, for programs that show a preview of a shared link."""
        return " ".join(block.text for block in self.blocks)[:200]

    @property
    def picture(self) -> str:
        """The path of the first picture; "" if there is none."""
        return next((f"/glass/media/{one.hash}" for one in self.files if one.type.startswith("image/")), "")


def item_page(kind: ItemKind, id: int) -> ItemPage:
    """Returns the content of an item's page; ``kind`` is "announcement" or "story".

    Raises NotFound if the item has no page, TakenDown if it was withdrawn, Ended if its time is over; StoreError if
    the store cannot be read.
    """
    return _announcement_page(id) if kind == "announcement" else _story_page(id)


def _announcement_page(id: int) -> ItemPage:
    one, tree, now = announcements.get(desk.db, id), desk.tree(), desk.now()
    on = reached(one, visible_boards(tree), tree)
    changes_at(at for window in one.windows for at in (window.start, window.until))
    begun = begun_at(one, desk.config.announcements.days_off)
    if one.template or one.state not in ("approved", "withdrawn") or not on or begun is None or begun > now:
        raise NotFound
    if one.state == "withdrawn":
        current = announcements.current_version(desk.db, one, now=now)
        raise TakenDown(current.id if current else None)
    if phase(one, now) == "ended":
        raise Ended
    zone = ZoneInfo(on[0].zone)
    office, day = tree.get(one.area), deadline(one, now.astimezone(zone).date(), zone)
    is_posting = one.longest_gap is not None
    return ItemPage(
        f"a{one.id}",
        item_path("announcement", one.id),
        gettext("Niêm yết") if is_posting else gettext("Thông báo"),
        office.issuer,
        office,
        on[0],
        one.title or (one.contact.name if one.contact else ""),
        blocks(one.text) if one.kind == "text" else paragraphs(one.text),
        announcement_life(one, now, zone),
        shown_on(f"announcement:{one.id}", on, one.created.astimezone(zone).date() - timedelta(days=1)),
        table=one.table,
        files=one.attachments,
        originals=_kept(one.originals),
        contact=one.contact,
        link=web_address(one.link),
        is_document=one.kind == "pdf",
        is_posting=is_posting,
        corrected=one.decided or one.created if one.replaces is not None else None,
        day=day,
        signed=signatures.of_announcement(desk.db, one),
    )


def _kept(files: tuple[Original, ...]) -> tuple[Original, ...]:
    known = originals.known(desk.db, [one.hash for one in files])
    return tuple(one for one in files if one.hash in known)


def _story_page(id: int) -> ItemPage:
    one, tree, now = stories.get(desk.db, id), desk.tree(), desk.now()
    source = next((source for source in sources.all(desk.db) if source.slug == one.source), None)
    days = {
        board.slug: lane.newest_days
        for board in visible_boards(tree)
        for lane in board.lanes
        if lane.source == one.source
    }
    if source is None or one.state == "held" or not days:
        raise NotFound
    if one.state == "withdrawn":
        raise TakenDown
    ends = {slug: one.published + timedelta(days=most) for slug, most in days.items()}
    changes_at(ends.values())
    on = [board for board in visible_boards(tree) if board.slug in ends and ends[board.slug] >= now]
    if not on:
        raise Ended
    zone = ZoneInfo(on[0].zone)
    return ItemPage(
        f"s{one.id}",
        item_path("story", one.id),
        source.label or gettext("Tin"),
        source.name,
        tree.get(source.area) if source.area and source.area in tree else None,
        on[0],
        one.title,
        paragraphs(one.summary),
        story_life(one, max(ends.values()), now, zone),
        shown_on(f"story:{one.id}", on, one.first_seen.astimezone(zone).date() - timedelta(days=1)),
        table=one.table,
        files=_picture(one),
        link=web_address(one.link),
        corrected=_changed(one),
        language=one.language or "vi",
    )


def _changed(one: Story) -> datetime | None:
    """Returns when an approved version of the story with another title or text was last replaced; None if never."""
    if one.version < 2:
        return None
    past = (two for two in stories.versions(desk.db, one.id) if two.state == "approved")
    others = (two.replaced for two in past if (two.title, two.summary) != (one.title, one.summary))
    return max(others, default=None)


def _picture(story: Story) -> tuple[Attachment, ...]:
    return (Attachment(story.image, story.image_alt, 0, 0),) if story.image else ()
