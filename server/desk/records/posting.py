"""The head of the printed record that proves the showing of one item: its issuer, number, title and pictures.

Called by proof and proof_rows. The figures of each board come from proof_figures and notice_proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import TypeVar

from flask_babel import gettext

from server.content.board_content import StoreSnapshot, announcement_item, story_names, story_slides
from server.content.item_faults import ItemFaults
from server.core.areas import AreaTree
from server.core.model import Announcement, Board, Notice, Slide, Story
from server.desk.records.audit_names import Names
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.slides.kinds.notice import count_pages
from server.store.announcements import announcements, listings
from server.store.database.errors import StoreRefusal
from server.store.notices import notices
from server.store.sources import sources, stories
from server.store.sources.story_intake import Version

MOST_PICTURES = 4
# How many past versions of an item are drawn to find the one that was shown.
MOST_VERSIONS = 20
# Number and symbols of an official document, such as "12/TB-UBND" or "05/2026/QĐ-UBND" (Nghị định 30/2020/NĐ-CP,
# Phụ lục I, II.3).
_NUMBER = re.compile(r"\b\d{1,5}(?:/\d{4})?/[A-ZĐƯ][A-ZĐƯa-z0-9&.]*(?:-[A-ZĐƯ][A-ZĐƯa-z0-9&.]*)*")
_RANKS = ("Thành phố ", "Thị trấn ", "Thị xã ", "Đặc khu ", "Phường ", "Huyện ", "Quận ", "Tỉnh ", "Xã ")
T = TypeVar("T", Announcement, Story)


@dataclass(frozen=True, slots=True)
class Picture:
    """One page of an item as a board shows it; ``page`` is an HTML page for an iframe.

    It is the one with this ``number`` (from 1) of ``of`` pages. ``shape`` is the layout of the board.
    """

    board: Board
    page: str
    shape: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Document:
    """The texts and pictures at the head of the record; "" for what is not known.

    ``kind`` is in words. ``office`` is the name of the area that posted the item, ``above`` that of the area above
    it, ``place`` that of the area without its rank ("Minh Tân" for "Xã Minh Tân"), for the line with the date.
    ``same``: whether the pictures are exactly the pages that were shown; None if that is unknown.
    """

    kind: str
    title: str
    issuer: str = ""
    number: str = ""
    writer: str = ""
    approver: str = ""
    above: str = ""
    office: str = ""
    place: str = ""
    pictures: tuple[Picture, ...] = ()
    same: bool | None = None


def document(item: str, title: str, shown_on: Sequence[Board], hashes: Iterable[str]) -> Document:
    """The head of the record of an item such as "announcement:12".

    ``title`` is the title that was sent to the screens, ``shown_on`` the boards that showed the item, ``hashes`` the
    content hashes of the shown pages. The result contains no text that was never approved.
    """
    title = title or str(gettext("Trang không còn lưu tên"))
    kind, _, key = item.partition(":")
    make = _MAKERS.get(kind)
    number = int(key) if key.isascii() and key.isdecimal() and len(key) < 16 else None
    try:
        found = make(number, title, shown_on, set(hashes)) if make and number is not None else None
    except StoreRefusal:
        found = None
    return found or Document(kind_name(item), title)


def kind_name(item: str) -> str:
    """The kind of an item in words, for example "Thông báo" for "announcement:12"."""
    return {
        "announcement": str(gettext("Thông báo")),
        "story": str(gettext("Tin từ cổng thông tin")),
        "notice": str(gettext("Tin khẩn")),
    }.get(item.partition(":")[0], str(gettext("Trang của bảng tin")))


def number_in(*texts: str) -> str:
    """The number of an official document, such as "12/TB-UBND", from the first text that contains one; "" if none."""
    return next((found[0] for text in texts if (found := _NUMBER.search(text))), "")


def _of_announcement(id: int, title: str, shown_on: Sequence[Board], hashes: set[str]) -> Document:
    one = announcements.get(desk.db, id)
    names = Names()

    def slides(version: Announcement, board: Board) -> Sequence[Slide]:
        return announcement_item(slide_preview.renderer(), _snapshot(), board, version)[1]

    versions = _versions(one, (each.announcement for each in reversed(listings.versions(desk.db, id))))
    was, pictures, same = _as_shown(versions, one.state == "approved", slides, shown_on, hashes)
    shown_title, number = (was.title, number_in(was.title, was.text)) if was else (title, number_in(title))
    return Document(
        kind_name(f"announcement:{id}"), shown_title, _area_name(one.area), number, _writers(one, names),
        names.actor(one.decided_by) if one.decided_by else "", *_heads(one.area), pictures, same,
    )  # fmt: skip


def _versions(current: T, past: Iterable[T]) -> list[T]:
    """The current version, then at most MOST_VERSIONS of ``past``, which must be in order, newest first."""
    versions = [current]
    versions.extend(islice(past, MOST_VERSIONS))
    return versions


def _as_shown(
    versions: Sequence[T],
    approved: bool,
    draw: Callable[[T, Board], Sequence[Slide]],
    shown_on: Sequence[Board],
    hashes: set[str],
) -> tuple[T | None, tuple[Picture, ...], bool | None]:
    """(the version that the record may show, its pictures, whether all its pages are among those that were shown).

    The version is the current (first) one if it is ``approved``. Otherwise it is the newest one whose pages were all
    shown, because the current text was never approved. (None, (), None) if there is none.
    """
    for at, version in enumerate(versions):
        pictures, same = _pictures(shown_on, partial(draw, version), hashes)
        if same or (at == 0 and approved):
            return version, pictures, same
    return None, (), None


def _writers(one: Announcement, names: Names) -> str:
    return ", ".join(dict.fromkeys(names.actor(each) for each in (one.created_by, one.edited_by) if each))


def _of_story(id: int, title: str, shown_on: Sequence[Board], hashes: set[str]) -> Document:
    one: Story = stories.get(desk.db, id)
    known = {each.slug: each for each in sources.all(desk.db)}
    source, (_, issuer) = known.get(one.source), story_names(known, one)

    def slides(version: Story, board: Board) -> Sequence[Slide]:
        return story_slides(slide_preview.renderer(), known, board, version)

    versions = _versions(one, (_former(one, each) for each in reversed(stories.versions(desk.db, id))))
    was, pictures, same = _as_shown(versions, one.state == "approved", slides, shown_on, hashes)
    shown_title, number = (was.title, number_in(was.title, was.summary)) if was else (title, number_in(title))
    heads = _heads(source.area if source and source.area else "")
    return Document(kind_name(f"story:{id}"), shown_title, issuer, number, "", "", *heads, pictures, same)


def _former(story: Story, then: Version) -> Story:
    return replace(
        story, title=then.title, summary=then.summary, link=then.link, image=then.image, table=then.table,
        version=then.version,
    )  # fmt: skip


def _of_notice(id: int, _title: str, shown_on: Sequence[Board], _hashes: set[str]) -> Document:
    one: Notice = notices.get(desk.db, id)
    names = Names()
    approver = one.confirmed_by or one.signed_by
    pictures: list[Picture] = []
    for board in shown_on[:1]:
        slide = slide_preview.renderer().notice(one, zone=board.zone, format=board.format)
        count = count_pages(one, board.zone, board.format).pages
        for number in range(1, min(count, MOST_PICTURES) + 1):
            page = slide_preview.document(
                slide, board, _area_name(board.area), one.issued, covers=one.level == "urgent", turn=number
            )
            pictures.append(Picture(board, page, board.format.layout, number, count))
    issuer = one.sender or ", ".join(_area_name(slug) for slug in one.areas)
    return Document(
        kind_name(f"notice:{id}"), one.headline, issuer, number_in(one.headline), names.actor(one.created_by),
        names.actor(approver) if approver else "", *_heads(one.areas[0] if one.areas else ""), tuple(pictures), None,
    )  # fmt: skip


_MAKERS: dict[str, Callable[[int, str, Sequence[Board], set[str]], Document]] = {
    "announcement": _of_announcement,
    "story": _of_story,
    "notice": _of_notice,
}


def _pictures(
    shown_on: Sequence[Board], slides_on: Callable[[Board], Sequence[Slide]], hashes: set[str]
) -> tuple[tuple[Picture, ...], bool | None]:
    """Pictures of the first pages on the first of the boards ``shown_on``, at most MOST_PICTURES.

    The second value is whether all its pages are among those that were shown (``hashes``); None without pictures.
    """
    for board in shown_on[:1]:
        # If the item cannot be drawn any more, the record is made without pictures.
        slides = ItemFaults().attempt(board.slug, "record", partial(slides_on, board)) or ()
        made = tuple(
            Picture(
                board, slide_preview.document(slide, board, _area_name(board.area), desk.now()), board.format.layout,
                number, len(slides),
            )
            for number, slide in enumerate(slides[:MOST_PICTURES], start=1)
        )  # fmt: skip
        return made, {slide.hash for slide in slides} <= hashes if made else None
    return (), None


def _snapshot() -> StoreSnapshot:
    """A snapshot with only what drawing an announcement needs: the tree of areas."""
    return StoreSnapshot(desk.tree(), (), {}, {}, {}, ())


def _area_name(slug: str) -> str:
    tree = desk.tree()
    return tree.get(slug).name if slug in tree else ""


def _heads(area: str) -> tuple[str, str, str]:
    """The values ``above``, ``office`` and ``place`` of `Document` for an area; each is "" if it is unknown."""
    tree: AreaTree = desk.tree()
    if area not in tree:
        return "", "", ""
    own = tree.get(area)
    above = tree.get(own.parent).name if own.parent and own.parent in tree else ""
    place = next((own.name.removeprefix(rank) for rank in _RANKS if own.name.startswith(rank)), own.name)
    return above, own.name, place
