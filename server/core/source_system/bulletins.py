"""Bulletins of the source information system, and what each becomes on our boards; called by store, desk and worker.

    normal    an announcement that waits in the area's queue: the commune chooses
    priority  an announcement that must be shown; the commune decides its place in the order
    urgent    an urgent notice

Priority and urgent bulletins are shown at once only if the area's editor has allowed their sender to do that;
otherwise they wait for an editor like all others.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Literal, get_args

from server.core.areas import AreaTree
from server.core.geography.codes import area_code
from server.core.model import Announcement, AnnouncementKind, Attachment, Notice, Window

Priority = Literal["normal", "priority", "urgent"]
PRIORITIES: tuple[Priority, ...] = get_args(Priority)
LONGEST_NUMBER = 100
LONGEST_TITLE = 200
LONGEST_HEADLINE = 180
LONGEST_TEXT = 8000
LONGEST_ISSUER = 120
MOST_AREAS = 200
MOST_ACTS, LONGEST_ACT = 3, 100
MOST_FILES = 20
LONGEST_URGENT = timedelta(days=14)


class BadBulletin(ValueError):  # noqa: N818 - the name says what is bad
    """The bulletin cannot be taken; ``str()`` is a Vietnamese sentence for its sender."""


@dataclass(frozen=True, slots=True)
class Files:
    """The checked files of a bulletin: pictures, the pages of a document, a video, or the rows of a table."""

    kind: AnnouncementKind = "text"
    attachments: tuple[Attachment, ...] = ()
    table: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True, slots=True)
class Bulletin:
    """A bulletin as the source system sends it.

    ``number`` identifies it in that system; ``areas`` are codes or slugs of areas. ``replaces`` is the number of an
    earlier bulletin, "" for none. ``marks`` identify its files by content, so that the same number with another file
    is another bulletin.
    """

    number: str
    priority: Priority
    title: str
    text: str
    areas: tuple[str, ...]
    start: datetime | None = None
    until: datetime | None = None
    issuer: str = ""
    replaces: str = ""
    marks: tuple[str, ...] = ()

    @property
    def digest(self) -> str:
        """SHA-256 of the content, in hex: equal for a bulletin that is sent twice."""
        ends = tuple(at.timestamp() if at else None for at in (self.start, self.until))
        content = (self.number, self.priority, self.title, self.text, sorted(set(self.areas)), ends)
        return hashlib.sha256(repr((*content, self.issuer, self.replaces, self.marks)).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Sender:
    """A key or folder by which bulletins come; ``actor`` is its name in the audit.

    ``sends`` and ``airs`` say whether it may send bulletins for an area (a slug), and put them on the air there
    without an editor.
    """

    actor: str
    name: str
    sends: Callable[[str], bool]
    airs: Callable[[str], bool]


def check(bulletin: Bulletin, now: datetime) -> None:
    """Raises BadBulletin unless the bulletin has all it needs."""
    longest = LONGEST_HEADLINE if bulletin.priority == "urgent" else LONGEST_TITLE
    tests = (
        (not 0 < len(bulletin.number) <= LONGEST_NUMBER, f"Số của bản tin phải có từ 1 đến {LONGEST_NUMBER} ký tự."),
        (not bulletin.title.strip(), "Bản tin chưa có tiêu đề."),
        (len(bulletin.title) > longest, f"Tiêu đề dài quá {longest} chữ cái."),
        (len(bulletin.text) > LONGEST_TEXT, f"Nội dung dài quá {LONGEST_TEXT} chữ cái."),
        (len(bulletin.issuer) > LONGEST_ISSUER, f"Tên cơ quan ban hành dài quá {LONGEST_ISSUER} chữ cái."),
        (not 0 < len(bulletin.areas) <= MOST_AREAS, f"Bản tin phải nêu từ 1 đến {MOST_AREAS} đơn vị."),
        (bulletin.replaces == bulletin.number, "Bản tin không thay được cho chính nó."),
        (bulletin.until is not None and bulletin.until <= now, "Thời hạn của bản tin đã qua."),
        (
            bulletin.start is not None and bulletin.until is not None and bulletin.until <= bulletin.start,
            "Thời hạn của bản tin ở trước lúc bắt đầu.",
        ),
    )
    for wrong, sentence in (*tests, *_urgent_tests(bulletin, now)):
        if wrong:
            raise BadBulletin(sentence)


def _urgent_tests(bulletin: Bulletin, now: datetime) -> Iterable[tuple[bool, str]]:
    if bulletin.priority != "urgent":
        return ()
    return (
        (bulletin.until is None, "Bản tin khẩn cấp phải có thời hạn."),
        (
            bulletin.until is not None and bulletin.until > now + LONGEST_URGENT,
            f"Thời hạn của bản tin khẩn cấp phải trong vòng {LONGEST_URGENT.days} ngày.",
        ),
        (
            bulletin.start is not None and bulletin.start > now + timedelta(minutes=1),
            "Bản tin khẩn cấp được phát ngay, nên không hẹn được giờ bắt đầu.",
        ),
        (bool(bulletin.marks), "Bản tin khẩn cấp chỉ có chữ, không nhận tệp kèm."),
    )


def areas_of(codes: Iterable[str], tree: AreaTree) -> tuple[str, ...]:
    """The slugs of the areas with these codes (or slugs), each once, in the order given.

    Raises BadBulletin, which names all codes that no area has.
    """
    by_code = {code: slug for slug in reversed(tree.slugs()) for code in tree.get(slug).codes}
    found: dict[str, None] = {}
    unknown: list[str] = []
    for text in codes:
        slug = text.strip() if text.strip() in tree else by_code.get(_normal(text))
        if slug is None:
            unknown.append(text.strip()[:80])
        else:
            found[slug] = None
    if unknown:
        raise BadBulletin(f"Không có đơn vị nào mang mã {', '.join(dict.fromkeys(unknown))}.")
    return tuple(found)


def _normal(text: str) -> str:
    try:
        return area_code(text)
    except ValueError:
        return ""


def announcements_of(
    bulletin: Bulletin, areas: Iterable[str], files: Files, sender: Sender, now: datetime, *, four_eyes: bool
) -> tuple[Announcement, ...]:
    """The announcements of a normal or priority bulletin, one for each area (slugs).

    A priority bulletin is approved at once where ``sender`` may air, unless ``four_eyes`` asks for a second person.
    """
    named = not bulletin.issuer or bulletin.issuer in bulletin.text
    text = bulletin.text if named else f"{bulletin.text}\n\n{bulletin.issuer}"
    first = Announcement(
        id=0, area="", title=" ".join(bulletin.title.split()), text=text.strip(), created=now,
        windows=(Window(bulletin.start or now, bulletin.until),), created_by=sender.actor, state="submitted",
        kind=files.kind, attachments=files.attachments, table=files.table,
    )  # fmt: skip
    airs = bulletin.priority == "priority" and not four_eyes
    return tuple(
        replace(first, area=area, state="approved" if airs and sender.airs(area) else "submitted") for area in areas
    )


def notice_of(
    bulletin: Bulletin, areas: tuple[str, ...], sender: Sender, now: datetime, *, four_eyes: bool
) -> Notice:
    """The notice of an urgent bulletin: live if ``sender`` may air in every area, else a draft for the editors.

    Its first short lines, at most `MOST_ACTS`, are the instructions below the headline. If they are not the whole
    text, that is on the public page.
    """
    live = not four_eyes and all(sender.airs(area) for area in areas)
    headline, text = " ".join(bulletin.title.split()), bulletin.text.strip()
    lines = [line.strip() for line in text.splitlines() if line.strip()] if text != headline else []
    acts = tuple(takewhile(lambda line: len(line) <= LONGEST_ACT, lines))[:MOST_ACTS]
    return Notice(
        id=0, level="urgent", headline=headline, areas=areas, issued=now, until=bulletin.until or now,
        sender=bulletin.issuer or sender.name, state="live" if live else "drafted", created_by=sender.actor,
        acts=acts, description="" if list(acts) == lines else text,
    )  # fmt: skip
