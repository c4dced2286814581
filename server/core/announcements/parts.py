"""The parts of an announcement: limits, what is missing, copies, merging and differences; called by store and desk.

Permissions are decided by server/core/policy.py. Sentences are Vietnamese, for the person who writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from server.core.model import Announcement, AnnouncementKind

CONTENT = (
    "kind", "title", "text", "table", "attachments", "contact", "link",
    "area", "boards", "windows", "recurrence", "priority", "longest_gap", "sound",
)  # fmt: skip
"""The fields that people write; the program maintains the others."""
FIELD_WORDS: Mapping[str, str] = {
    "kind": "Loại",
    "title": "Tiêu đề",
    "text": "Nội dung",
    "table": "Bảng",
    "attachments": "Tệp",
    "contact": "Liên hệ",
    "link": "Địa chỉ mã QR",
    "area": "Đơn vị",
    "boards": "Bảng tin",
    "windows": "Thời gian chiếu",
    "recurrence": "Lặp lại",
    "priority": "Ưu tiên",
    "longest_gap": "Niêm yết",
    "sound": "Tiếng",
}
LONGEST_TITLE = 300
LONGEST_TEXT = 20_000
MOST_ROWS = 500
MOST_COLUMNS = 12
MOST_FILES = 60


@dataclass(frozen=True, slots=True)
class Problem:
    """Something missing or wrong: ``field`` is the form field to correct, ``sentence`` the Vietnamese message."""

    field: str
    sentence: str


def problems_of(one: Announcement, now: datetime) -> tuple[Problem, ...]:
    """All problems that keep ``one`` from being submitted or approved at ``now``; empty if it is ready."""
    found = [*_title(one), *_length(one), *_times(one, now)]
    requirement = _REQUIREMENTS.get(one.kind)
    if requirement is not None and not requirement.met(one):
        found.append(Problem(requirement.field, requirement.sentence))
    return tuple(found)


def changed(before: Announcement, after: Announcement) -> tuple[str, ...]:
    """The names of the `CONTENT` fields that differ, in the order of the form."""
    return tuple(name for name in CONTENT if getattr(before, name) != getattr(after, name))


def merged(base: Announcement, mine: Announcement, theirs: Announcement) -> tuple[Announcement, tuple[str, ...]]:
    """A three-way merge: ``theirs`` with the fields that only ``mine`` changed, and the names of the conflicts.

    Both are edits of ``base``. A field that both changed differently is a conflict: it keeps the value of
    ``theirs``, and the author of ``mine`` is asked.
    """
    mine_only = set(changed(base, mine)) - set(changed(base, theirs))
    both = tuple(name for name in changed(base, mine) if name not in mine_only and name in changed(mine, theirs))
    return replace(theirs, **{name: getattr(mine, name) for name in mine_only}), both


def copied(one: Announcement, *, actor: str, now: datetime, template: bool = False) -> Announcement:
    """A new draft (or template) with the same content, without past windows, decisions or history."""
    coming = tuple(window for window in one.windows if window.until is None or window.until > now)
    return replace(
        one, id=0, state="draft", created=now, created_by=actor, windows=() if one.recurrence else coming,
        template=template, version=1, edited=None, edited_by="", decided_by="", reason="", replaces=None, position=0,
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
        "link", "Cần một địa chỉ bắt đầu bằng http:// hoặc https://.", lambda a: a.link.startswith(("http://", "https://"))
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


def _times(one: Announcement, now: datetime) -> list[Problem]:
    if one.template:
        return []
    rule = one.recurrence
    if rule is not None:
        over = rule.last is not None and rule.last < now.date()
        return [Problem("recurrence", "Ngày lặp lại cuối cùng đã qua.")] if over else []
    if not one.windows:
        return [Problem("windows", "Chưa chọn thời gian chiếu.")]
    if all(window.until is not None and window.until <= now for window in one.windows):
        return [Problem("windows", "Thời gian chiếu đã qua.")]
    if any(window.until is not None and window.until <= window.start for window in one.windows):
        return [Problem("windows", "Lúc kết thúc phải ở sau lúc bắt đầu.")]
    return []
