"""Decides what of a letter becomes an announcement: its kind, its files, and what is left out.

Called by worker.mailbox. Sentences are Vietnamese, for the answer to the sender.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from server.core.announcements.originals import digest_of, is_whole
from server.core.announcements.parts import MOST_COLUMNS, MOST_FILES, MOST_ROWS
from server.core.model import AllowedSender, Announcement, AnnouncementKind, Attachment, Original, Window

ACTOR = "mail:"
"""How the author of an announcement made of a letter begins, in the audit and elsewhere; his address follows."""


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """A file of a letter, checked like an uploaded one: pictures or pages in ``attachments``, or a ``table``.

    ``document``: its pictures are the pages of one. ``taken``: it went another way (edXML) and is not shown here.
    ``problem`` says why it was not accepted, "" if it was; ``notes`` are what its sender has to know. ``original`` is
    the document as it is kept for everybody, None if it is not kept.
    """

    name: str
    attachments: tuple[Attachment, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    document: bool = False
    taken: bool = False
    problem: str = ""
    notes: tuple[str, ...] = ()
    original: Original | None = None

    @property
    def kind(self) -> AnnouncementKind | None:
        """The kind of announcement that it would make alone; None if it was not accepted."""
        if self.problem or not (self.table or self.attachments):
            return None
        if self.table:
            return "table"
        if self.attachments[0].type.startswith("video/"):
            return "video"
        return "pdf" if self.document else "pictures"


@dataclass(frozen=True, slots=True)
class Content:
    """Kind and files of the announcement; ``notes`` say what was left out and what to check.

    ``originals`` are the documents of which nothing was left out, so that everybody may have them.
    """

    kind: AnnouncementKind
    attachments: tuple[Attachment, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()
    notes: tuple[str, ...] = ()
    originals: tuple[Original, ...] = ()


def compose(files: Sequence[CheckedFile]) -> Content:
    """Kind and files of the announcement that a letter with ``files`` becomes.

    An announcement has one kind. Pages of documents and pictures go together, the documents first; a table or a video
    is used only if there are neither. What is left out is named.
    """
    notes = [f"Tệp «{one.name}» không nhận được: {one.problem}" for one in files if one.problem]
    notes += [f"Tệp «{one.name}»: {' '.join(one.notes)}" for one in files if one.notes and not one.problem]
    by_kind = {kind: [one for one in files if one.kind == kind] for kind in ("pdf", "pictures", "table", "video")}
    drawn = by_kind["pdf"] + by_kind["pictures"]
    others = by_kind["table"] + by_kind["video"]
    if drawn:
        notes += _left_out(others)
        pages = tuple(page for one in drawn for page in one.attachments)
        if len(pages) > MOST_FILES:
            notes.append(f"Chỉ {MOST_FILES} trang đầu được chiếu, trong tất cả {len(pages)} trang và ảnh.")
        kind: AnnouncementKind = "pdf" if by_kind["pdf"] else "pictures"
        return Content(kind, pages[:MOST_FILES], (), tuple(notes), _whole(drawn, pages[:MOST_FILES], ()))
    if not others:
        return Content("text", notes=tuple(notes))
    notes += _left_out(others[1:])
    first = others[0]
    if first.table and (len(first.table) > MOST_ROWS or len(first.table[0]) > MOST_COLUMNS):
        notes.append(f"Bảng «{first.name}» chỉ giữ {MOST_ROWS} dòng và {MOST_COLUMNS} cột đầu.")
    table = tuple(row[:MOST_COLUMNS] for row in first.table[:MOST_ROWS])
    kind = "table" if first.table else "video"
    return Content(kind, first.attachments, table, tuple(notes), _whole([first], first.attachments, table))


def announcement(
    title: str, text: str, content: Content, *, sender: str, allowed: AllowedSender, days: int, now: datetime
) -> Announcement:
    """The announcement, submitted, which waits for an editor; shown for ``days`` from ``now`` once it is approved."""
    made = Announcement(
        id=0, area=allowed.area, title=title, text=text, boards=allowed.boards,
        windows=(Window(now, now + timedelta(days=days)),), created=now, created_by=ACTOR + sender, state="submitted",
    )  # fmt: skip
    return replace(
        made, kind=content.kind, attachments=content.attachments, table=content.table, originals=content.originals
    )


def _whole(
    files: Sequence[CheckedFile], attachments: Sequence[Attachment], table: tuple[tuple[str, ...], ...]
) -> tuple[Original, ...]:
    """The originals of the files that are wholly in the announcement with these attachments and this table."""
    return tuple(
        one.original
        for one in files
        if one.original
        and is_whole({page.hash for page in one.attachments}, digest_of(one.table), attachments, table)
    )


def _left_out(files: Sequence[CheckedFile]) -> list[str]:
    return [
        f"Tệp «{one.name}» không được dùng, vì một thông báo chỉ có một loại nội dung. Hãy gửi nó bằng thư riêng."
        for one in files
    ]
