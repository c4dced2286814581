"""Reads a bulletin, or the recall of one, from a file that the source system has dropped; called by the worker."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from server.core.source_system.bulletins import MOST_FILES, PRIORITIES, BadBulletin, Bulletin, Priority
from server.core.source_system.mapping import BULLETIN_FIELDS, PRIORITY_WORDS
from server.core.text_input import cleaned_table
from server.core.times import need_plausible

MOST_BYTES = 256 * 1024
_NAMES = {name: ours for ours, theirs in BULLETIN_FIELDS.items() for name in theirs}
_WORDS: Mapping[str, Priority] = {word: one for one in PRIORITIES for word in PRIORITY_WORDS[one]}


@dataclass(frozen=True, slots=True)
class Recall:
    """The source system takes back the bulletin ``number``."""

    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dropped:
    """What a file says: a bulletin with the names of its ``files`` beside it, or a recall."""

    content: Bulletin | Recall
    files: tuple[str, ...] = ()


class Unfinished(BadBulletin):
    """The file is no complete JSON object: perhaps it is still being written."""


def read(body: bytes, zone: ZoneInfo) -> Dropped:
    """Reads a file; times without an offset are local to ``zone``. Raises Unfinished or another BadBulletin."""
    fields = _fields(_object(body))
    if "recalls" in fields:
        return Dropped(Recall(_text(fields, "recalls"), _text(fields, "reason")[:500]))
    files = _list(fields, "files")
    for name in files:
        if not name or name.startswith(".") or "/" in name or "\\" in name or len(name) > 200:
            raise BadBulletin(f"Tên tệp kèm {name[:80]!r} không dùng được: chỉ nhận tên tệp ở cùng thư mục.")
    if len(files) > MOST_FILES:
        raise BadBulletin(f"Nhiều nhất {MOST_FILES} tệp kèm.")
    bulletin = Bulletin(
        number=_text(fields, "number"),
        priority=_priority(_text(fields, "priority")),
        title=_text(fields, "title"),
        text=_text(fields, "text"),
        areas=_list(fields, "areas"),
        start=_instant(fields, "start", zone),
        until=_instant(fields, "until", zone),
        issuer=_text(fields, "issuer"),
        replaces=_text(fields, "replaces"),
    )
    return Dropped(bulletin, files)


def _object(body: bytes) -> dict[str, object]:
    if len(body) > MOST_BYTES:
        raise BadBulletin(f"Tệp lớn quá {MOST_BYTES // 1024} KB; ảnh và tệp kèm phải là tệp riêng.")
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise Unfinished("Tệp không phải JSON trọn vẹn, mã UTF-8.") from error
    if not isinstance(found, dict):
        raise BadBulletin("Tệp phải chứa một đối tượng JSON { … }.")
    return cleaned_table(found)


def _fields(given: Mapping[str, object]) -> dict[str, object]:
    unknown = [name for name in given if name not in _NAMES]
    if unknown:
        raise BadBulletin(f"Không hiểu mục {', '.join(name[:40] for name in unknown[:10])}.")
    found: dict[str, object] = {}
    for name, value in given.items():
        if _NAMES[name] in found:
            raise BadBulletin(f"Mục {name} ghi hai lần dưới hai tên.")
        found[_NAMES[name]] = value
    return found


def _text(fields: Mapping[str, object], name: str) -> str:
    value = fields.get(name, "")
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise BadBulletin(f"Mục {BULLETIN_FIELDS[name][-1]} phải là chữ.")
    return str(value).strip()


def _list(fields: Mapping[str, object], name: str) -> tuple[str, ...]:
    value = fields.get(name) or []
    listed = value if isinstance(value, list) else [value]
    if any(isinstance(one, bool) or not isinstance(one, str | int) for one in listed):
        raise BadBulletin(f"Mục {BULLETIN_FIELDS[name][-1]} phải là danh sách chữ.")
    return tuple(str(one).strip() for one in listed)


def _priority(text: str) -> Priority:
    found = _WORDS.get(text.lower())
    if found is None:
        raise BadBulletin(
            f"Không hiểu mức ưu tiên {text[:40]!r}: hãy ghi 1 (thông thường), 2 (ưu tiên) hoặc 3 (khẩn cấp)."
        )
    return found


def _instant(fields: Mapping[str, object], name: str, zone: ZoneInfo) -> datetime | None:
    text = _text(fields, name)
    if not text:
        return None
    try:
        found = datetime.fromisoformat(text)
        if len(text) == 10:  # a day alone: from its beginning, or to its end
            last = name == "until"
            found = datetime.combine(date.fromisoformat(text), time(), zone) + timedelta(days=1 if last else 0)
        local = found if found.tzinfo else found.replace(tzinfo=zone)
        need_plausible(local, "Thời gian")
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BadBulletin(f"Mục {BULLETIN_FIELDS[name][-1]}: không hiểu thời gian {text[:40]!r}.") from error
