"""Checks, compares, merges and copies the content of announcements; called by store, desk and core.showing.

Permissions are decided by server/core/policy.py. Messages are Vietnamese sentences for the author.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import astuple, dataclass, replace
from datetime import datetime, timedelta

from server.core.model import Announcement, AnnouncementKind
from server.core.times import FIRST_YEAR, LAST_YEAR, plausible

CONTENT = (
    "kind", "title", "text", "table", "attachments", "originals", "contact", "link",
    "area", "boards", "windows", "recurrence", "priority", "longest_gap", "sound",
    "advert",
)  # fmt: skip
"""The fields of an `Announcement` that people edit; the program maintains the others."""
FIELD_WORDS: Mapping[str, str] = {
    "kind": "Loại",
    "title": "Tiêu đề",
    "text": "Nội dung",
    "table": "Bảng",
    "attachments": "Tệp",
    "originals": "Tệp gốc",
    "contact": "Liên hệ",
    "link": "Địa chỉ mã QR",
    "area": "Đơn vị",
    "boards": "Bảng tin",
    "windows": "Thời gian chiếu",
    "recurrence": "Lặp lại",
    "priority": "Ưu tiên",
    "longest_gap": "Niêm yết",
    "sound": "Tiếng",
    "advert": "Quảng cáo",
}
LONGEST_TITLE = 300
LONGEST_TEXT = 20_000
MOST_ROWS = 500
MOST_COLUMNS = 12
MOST_FILES = 60
LONGEST_LINK = 1000
LONGEST_CONTACT = 200
LONGEST_GAP = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Problem:
    """Something missing or wrong: ``field`` is the form field to correct, ``sentence`` the Vietnamese message."""

    field: str
    sentence: str


def problems_of(one: Announcement) -> tuple[Problem, ...]:
    """Returns the problems because of which the content of ``one`` cannot be submitted or approved yet.

    `server.core.showing.obstacles` adds the problem of an announcement that no board would ever show.
    """
    found = [*_title(one), *out_of_bounds(one)]
    requirement = _REQUIREMENTS.get(one.kind)
    if requirement is not None and not requirement.met(one):
        found.append(Problem(requirement.field, requirement.sentence))
    return tuple(found)


def out_of_bounds(one: Announcement) -> tuple[Problem, ...]:
    """The problems that not even a draft may have: fields too long or too large, wrong links, implausible times."""
    return (*_length(one), *_details(one), *_implausible(one))


def changed(before: Announcement, after: Announcement) -> tuple[str, ...]:
    """Returns the names of the `CONTENT` fields that differ in two announcements, in the order of the form.

    If both recur, their windows are not compared: these are computed from the recurrence and the day of saving.
    """
    derived = ("windows",) if before.recurrence and after.recurrence else ()
    return tuple(name for name in CONTENT if name not in derived and getattr(before, name) != getattr(after, name))


def merged(base: Announcement, mine: Announcement, theirs: Announcement) -> tuple[Announcement, tuple[str, ...]]:
    """Merges two edits of ``base``; returns (``theirs`` with the fields that only ``mine`` changed, the conflicts).

    A field that both have changed, to different values, is a conflict: it keeps the value of ``theirs``, its name is
    returned, and the caller asks the author of ``mine``.
    """
    mine_only = set(changed(base, mine)) - set(changed(base, theirs))
    both = tuple(name for name in changed(base, mine) if name not in mine_only and name in changed(mine, theirs))
    return replace(theirs, **{name: getattr(mine, name) for name in mine_only}), both


def copied(one: Announcement, *, actor: str, now: datetime, template: bool = False) -> Announcement:
    """Returns a new draft (or template) with the content of ``one``, without its past windows, decisions and history.

    A copy of a recurring announcement has no windows: they are computed when it is saved.
    """
    coming = tuple(window for window in one.windows if window.until is None or window.until > now)
    return replace(
        one, id=0, state="draft", created=now, created_by=actor, windows=() if one.recurrence else coming,
        template=template, version=1, edited=None, edited_by="", decided_by="", decided=None, reason="",
        replaces=None, successor=None, position=0,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Requirement:
    """What a kind of announcement must have: ``met`` tests it, ``field`` and ``sentence`` describe the problem."""

    field: str
    sentence: str
    met: Callable[[Announcement], bool]


def _is_picture(one: Announcement) -> bool:
    return bool(one.attachments) and all(file.type.startswith("image/") for file in one.attachments)


def _reachable(one: Announcement) -> bool:
    card = one.contact
    return card is not None and bool(card.name) and bool(card.phone or card.address or card.email)


_REQUIREMENTS: Mapping[AnnouncementKind, _Requirement] = {
    "pictures": _Requirement("attachments", "Chưa có ảnh nào.", _is_picture),
    "pdf": _Requirement("attachments", "Chưa có tệp PDF.", _is_picture),
    "table": _Requirement(
        "table", "Bảng cần một dòng tên cột và ít nhất một dòng nội dung.", lambda a: len(a.table) > 1
    ),
    "video": _Requirement(
        "attachments",
        "Cần đúng một video.",
        lambda a: len(a.attachments) == 1 and a.attachments[0].type.startswith("video/"),
    ),
    "link": _Requirement(
        "link", "Cần một địa chỉ bắt đầu bằng http:// hoặc https://.", lambda a: a.link.startswith(("http://",
        "https://"))
    ),
    "contact": _Requirement("contact", "Thẻ liên hệ cần tên và ít nhất một cách liên hệ.", _reachable),
}  # fmt: skip


def _title(one: Announcement) -> list[Problem]:
    return [] if one.title.strip() else [Problem("title", "Chưa có tiêu đề.")]


def _length(one: Announcement) -> list[Problem]:
    found = []
    if len(one.title) > LONGEST_TITLE:
        found.append(Problem("title", f"Tiêu đề dài quá {LONGEST_TITLE} chữ cái."))
    if len(one.text) > LONGEST_TEXT:
        found.append(Problem("text", f"Nội dung dài quá {LONGEST_TEXT} chữ cái."))
    if len(one.table) > MOST_ROWS or any(len(row) > MOST_COLUMNS for row in one.table):
        found.append(Problem("table", f"Bảng có quá {MOST_ROWS} dòng hoặc {MOST_COLUMNS} cột."))
    if len(one.attachments) > MOST_FILES:
        found.append(Problem("attachments", f"Quá {MOST_FILES} trang hoặc ảnh."))
    return found


def _details(one: Announcement) -> list[Problem]:
    found = []
    if len(one.link) > LONGEST_LINK:
        found.append(Problem("link", f"Địa chỉ mã QR dài quá {LONGEST_LINK} chữ cái."))
    if one.kind != "link" and one.link and not one.link.startswith(("http://", "https://")):
        found.append(Problem("link", "Địa chỉ mã QR phải bắt đầu bằng http:// hoặc https://."))
    if one.contact is not None and any(len(value) > LONGEST_CONTACT for value in astuple(one.contact)):
        found.append(Problem("contact", f"Mỗi dòng của thẻ liên hệ dài nhiều nhất {LONGEST_CONTACT} chữ cái."))
    if one.longest_gap is not None and not timedelta(minutes=1) <= one.longest_gap <= LONGEST_GAP:
        found.append(Problem("longest_gap", "Số phút của niêm yết phải từ 1 đến 1440."))
    return found


def _implausible(one: Announcement) -> list[Problem]:
    rule, between = one.recurrence, f"trong khoảng từ năm {FIRST_YEAR} đến năm {LAST_YEAR}"
    days = () if rule is None else (rule.first, rule.last)
    found = []
    if not all(day is None or plausible(day) for window in one.windows for day in (window.start, window.until)):
        found.append(Problem("windows", f"Thời gian chiếu phải {between}."))
    if not all(day is None or plausible(day) for day in days):
        found.append(Problem("recurrence", f"Ngày đầu và ngày cuối của lịch lặp lại phải {between}."))
    return found
