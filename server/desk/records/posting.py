"""Makes the head of the printed record that proves the showing of an item: issuer, number, title, pictures.

Called by proof and proof_rows. The figures of each board come from proof_figures and notice_proof.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import combinations, islice
from typing import NamedTuple, TypeVar

from flask_babel import gettext

from server.content.board_content import announcement_item, story_names, story_slides
from server.content.item_faults import ItemFaults
from server.content.store_snapshot import StoreSnapshot
from server.core.areas import AreaTree
from server.core.model import Announcement, Board, Notice, OfficeDocument, PdfSignatures, Slide, Story
from server.desk.records.audit_names import Names
from server.desk.web import slide_preview
from server.desk.web.context import desk
from server.slides.kinds.notice import count_pages
from server.store.announcements import announcements, listings
from server.store.database.errors import StoreRefusal
from server.store.documents import documents
from server.store.media import signatures
from server.store.notices import notices
from server.store.sources import sources, stories, story_queries
from server.store.sources.story_intake import Version

MOST_PICTURES = 4
# How many further sources of a story are combined to find those that were named with it.
MOST_NAMED = 4
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

    It is the item's page ``number`` (from 1) of ``of`` pages. ``shape`` is the layout of the board.
    """

    board: Board
    page: str
    shape: str
    number: int
    of: int


@dataclass(frozen=True, slots=True)
class Document:
    """The texts and pictures at the head of the printed record; "" for a text that is not known.

    ``kind`` is in words. ``office`` is the name of the area that posted the item, ``above`` the name of the area
    above it, ``place`` the area's name without its rank ("Minh Tân" for "Xã Minh Tân"), for the line with the date.
    ``signed`` are the signatures of its PDF files, ``origin`` the electronic document that it was made of.
    ``same`` says whether the pictures show the content that screens showed, None if that is unknown. ``missing`` is
    how many pages of it were not shown yet.
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
    missing: int = 0
    signed: tuple[PdfSignatures, ...] = ()
    origin: OfficeDocument | None = None


class _Pages(NamedTuple):
    """The values of the last three fields of `Document`."""

    pictures: tuple[Picture, ...] = ()
    same: bool | None = None
    missing: int = 0


def document(item: str, title: str, shown_on: Sequence[Board], hashes: Iterable[str]) -> Document:
    """Returns the head of the record of an item such as "announcement:12".

    ``title`` is the title that was sent to the screens, ``shown_on`` the boards that showed the item, ``hashes`` the
    content hashes of the pages that the first of them showed. The result contains no text that was never approved.
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
    """Returns the kind of an item in words, for example "Thông báo" for "announcement:12"."""
    return {
        "announcement": str(gettext("Thông báo")),
        "story": str(gettext("Tin từ cổng thông tin")),
        "notice": str(gettext("Tin khẩn")),
    }.get(item.partition(":")[0], str(gettext("Trang của bảng tin")))


def number_in(*texts: str) -> str:
    """Returns the number of an official document, such as "12/TB-UBND", from the first text with one; "" if none."""
    return next((found[0] for text in texts if (found := _NUMBER.search(text))), "")


def _of_announcement(id: int, title: str, shown_on: Sequence[Board], hashes: set[str]) -> Document:
    one = announcements.get(desk.db, id)
    names = Names()

    def slides(version: Announcement, board: Board) -> Sequence[Sequence[Slide]]:
        return [announcement_item(slide_preview.renderer(), _snapshot(), board, version)[1]]

    versions = _versions(one, (each.announcement for each in reversed(listings.versions(desk.db, id))))
    was, found = _as_shown(versions, one.state == "approved", slides, shown_on, hashes)
    shown_title, number = (was.title, number_in(was.title, was.text)) if was else (title, number_in(title))
    origin = documents.of_announcement(desk.db, id) if was else None
    issuer, number = (origin.issuer, origin.code or number) if origin else (_area_name(one.area), number)
    return Document(
        kind_name(f"announcement:{id}"), shown_title, issuer, number, _writers(one, names),
        names.actor(one.decided_by) if one.decided_by else "", *_heads(one.area), *found,
        signed=signatures.of_announcement(desk.db, was) if was else (), origin=origin,
    )  # fmt: skip


def _versions(current: T, past: Iterable[T]) -> list[T]:
    """Returns the current version, then at most MOST_VERSIONS of ``past``, which must be sorted newest first."""
    versions = [current]
    versions.extend(islice(past, MOST_VERSIONS))
    return versions


def _as_shown(
    versions: Sequence[T],
    approved: bool,
    draw: Callable[[T, Board], Sequence[Sequence[Slide]]],
    shown_on: Sequence[Board],
    hashes: set[str],
) -> tuple[T | None, _Pages]:
    """Returns the version whose text the record may contain, and its pages; (None, no pages) if there is none.

    It is the current (first) version if that is ``approved``. Otherwise the current text may never have been
    approved, so it is the newest version whose pages were all shown. ``draw`` returns the ways in which a board may
    have drawn a version.
    """
    for at, version in enumerate(versions):
        found = _pictures(shown_on, partial(draw, version), hashes)
        current = at == 0 and approved
        if current or (found.same is not None and not found.missing):
            return version, found if current else found._replace(same=True)
    return None, _Pages()


def _writers(one: Announcement, names: Names) -> str:
    return ", ".join(dict.fromkeys(names.actor(each) for each in (one.created_by, one.edited_by) if each))


def _of_story(id: int, title: str, shown_on: Sequence[Board], hashes: set[str]) -> Document:
    one: Story = stories.get(desk.db, id)
    known = {each.slug: each for each in sources.all(desk.db, retired=True)}
    source, (_, issuer) = known.get(one.source), story_names(known, one)

    others = story_queries.other_sources(desk.db, [id], any_state=True).get(id, ())

    def slides(version: Story, board: Board) -> Sequence[Sequence[Slide]]:
        named = (replace(version, also=also) for also in _sources_named(others, board))
        return [story_slides(slide_preview.renderer(), known, board, each) for each in named]

    versions = _versions(one, (_former(one, each) for each in reversed(stories.versions(desk.db, id))))
    was, found = _as_shown(versions, one.state == "approved", slides, shown_on, hashes)
    shown_title, number = (was.title, number_in(was.title, was.summary)) if was else (title, number_in(title))
    heads = _heads(source.area if source and source.area else "")
    return Document(kind_name(f"story:{id}"), shown_title, issuer, number, "", "", *heads, *found)


def _sources_named(others: Sequence[str], board: Board) -> list[tuple[str, ...]]:
    """Returns the combinations of ``others`` (slugs) that a board may have named beside a story's source.

    The combination may have changed over time: a source may have published the story later than others or withdrawn
    it, and the lanes of the board may have changed. At most MOST_NAMED sources are combined, those of today's lanes
    first.
    """
    shown = {lane.source for lane in board.lanes}
    likely = set(sorted(others, key=lambda slug: slug not in shown)[:MOST_NAMED])
    listed = [slug for slug in others if slug in likely]
    return [also for count in range(len(listed) + 1) for also in combinations(listed, count)]


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
    shown_on: Sequence[Board], slides_on: Callable[[Board], Sequence[Sequence[Slide]]], hashes: set[str]
) -> _Pages:
    """Returns pictures of the first pages on the first of the boards ``shown_on``, at most MOST_PICTURES.

    ``slides_on`` returns the ways in which a board may have drawn the item. ``hashes`` are the hashes of the pages
    that the board showed; the pictures are drawn in the way that has most of these hashes.
    """
    for board in shown_on[:1]:
        # If the item cannot be drawn any more, the record is made without pictures.
        variants = ItemFaults().attempt(board.slug, "record", partial(slides_on, board)) or [()]
        slides = max(variants, key=lambda drawn: len(hashes & {slide.hash for slide in drawn}))
        made = tuple(
            Picture(
                board, slide_preview.document(slide, board, _area_name(board.area), desk.now()), board.format.layout,
                number, len(slides),
            )
            for number, slide in enumerate(slides[:MOST_PICTURES], start=1)
        )  # fmt: skip
        every = {slide.hash for drawn in variants for slide in drawn}
        # A board shows the pages in turn and may not have shown all of them yet: the content is still the same.
        missing = len({slide.hash for slide in slides} - hashes)
        return _Pages(made, hashes <= every, missing) if made else _Pages()
    return _Pages()


def _snapshot() -> StoreSnapshot:
    """Returns a snapshot of the store that contains only the tree of areas; drawing an announcement needs no more."""
    return StoreSnapshot(desk.tree(), (), {}, {}, {}, ())


def _area_name(slug: str) -> str:
    tree = desk.tree()
    return tree.get(slug).name if slug in tree else ""


def _heads(area: str) -> tuple[str, str, str]:
    """Returns ``above``, ``office`` and ``place`` of `Document` for an area (slug); "" for what is unknown."""
    tree: AreaTree = desk.tree()
    if area not in tree:
        return "", "", ""
    own = tree.get(area)
    above = tree.get(own.parent).name if own.parent and own.parent in tree else ""
    place = next((own.name.removeprefix(rank) for rank in _RANKS if own.name.startswith(rank)), own.name)
    return above, own.name, place
