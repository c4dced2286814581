"""Takes bulletins of the source information system, and tells the editors; called by desk.api and worker.

HTTP ──> desk.api.source_system ─┐
                                 ├─> accept -> core.source_system.bulletins -> store.source_system.bulletins
folder -> worker.source_system ──┘
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from server.core import policy
from server.core.areas import AreaTree
from server.core.model import Announcement, Notice
from server.core.notices.order import reached
from server.core.policy import Person
from server.core.source_system.bulletins import (
    BadBulletin,
    Bulletin,
    Files,
    Sender,
    announcements_of,
    areas_of,
    check,
    notice_of,
)
from server.setup.config import Config
from server.store.announcements.announcements import Rules
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.people import people
from server.store.people.messages import Message
from server.store.source_system import bulletins
from server.store.source_system.bulletins import TakenBulletin
from server.store.sources import sources

Why = Literal["urgent", "priority", "normal", "aired"]
_TEXTS: dict[Why, tuple[str, str]] = {
    "urgent": (
        "Bản tin khẩn cấp chờ bạn phát: {title}",
        "{name} gửi bản tin khẩn cấp cho {area} qua hệ thống thông tin nguồn. Hãy xem và phát ngay.",
    ),
    "priority": (
        "Bản tin ưu tiên chờ duyệt: {title}",
        "{name} gửi bản tin này cho {area}. Bản tin phải vào chương trình; đơn vị xếp thứ tự.",
    ),
    "normal": (
        "Bản tin chờ duyệt: {title}",
        "{name} gửi bản tin này cho {area} qua hệ thống thông tin nguồn. Đơn vị chọn đăng hay không.",
    ),
    "aired": (
        "Bản tin của hệ thống thông tin nguồn đã lên bảng: {title}",
        "{name} gửi cho {area}. Biên tập viên của đơn vị đã cho phép nguồn này lên bảng ngay.",
    ),
}
Word = Callable[[Person, Message], Message]
"""Returns a message in the language of its reader."""


def _as_written(_reader: Person, message: Message) -> Message:
    return message


def accept(
    db: Database,
    bulletin: Bulletin,
    files: Files,
    sender: Sender,
    *,
    config: Config,
    now: datetime,
    word: Word = _as_written,
) -> TakenBulletin:
    """Takes a bulletin: posts what it becomes and queues the messages to editors; returns it as stored.

    The same bulletin is taken once. Raises BadBulletin, with a sentence for the sender, if it cannot be taken.
    """
    tree = AreaTree(sources.areas(db))
    areas = areas_of(bulletin.areas, tree)
    foreign = [tree.get(area).name for area in areas if not sender.sends(area)]
    if foreign:
        raise BadBulletin(f"Nơi gửi này không được gửi bản tin cho {', '.join(foreign)}.")
    earlier = bulletins.find(db, bulletin.number)
    if earlier is not None and earlier.digest == bulletin.digest:
        return earlier
    check(bulletin, now)
    made = _made(bulletin, areas, files, sender, config, now)
    if isinstance(made, Notice):
        _need_boards(db, areas, made, tree)
    readers = people.all(db)

    def tell(item: Announcement | Notice) -> Sequence[Message]:
        return _messages(bulletin, item, sender, readers, tree, word)

    rules = Rules(config.announcements.four_eyes, config.announcements.days_off)
    return bulletins.take(db, bulletin, made, areas, sender, now=now, rules=rules, tell=tell)


def _made(
    bulletin: Bulletin, areas: tuple[str, ...], files: Files, sender: Sender, config: Config, now: datetime
) -> Sequence[Announcement] | Notice:
    if bulletin.priority == "urgent":
        return notice_of(bulletin, areas, sender, now, four_eyes=config.notices.four_eyes)
    return announcements_of(bulletin, areas, files, sender, now, four_eyes=config.announcements.four_eyes)


def _need_boards(db: Database, areas: tuple[str, ...], notice: Notice, tree: AreaTree) -> None:
    if not reached(notice, boards.all(db), tree):
        raise BadBulletin(f"Không có bảng tin nào ở {', '.join(tree.get(area).name for area in areas)}.")


def _messages(
    bulletin: Bulletin,
    item: Announcement | Notice,
    sender: Sender,
    every: Sequence[Person],
    tree: AreaTree,
    word: Word,
) -> list[Message]:
    """Returns the messages to the editors of the item's areas, or of the nearest areas above that have some."""
    if isinstance(item, Notice):
        why: Why = "aired" if item.state == "live" else "urgent"
        areas, link = item.areas, "/desk/urgent/{id}"
    else:
        why = "aired" if item.state == "approved" else "priority" if bulletin.priority == "priority" else "normal"
        areas, link = (item.area,), "/desk/queue/{id}"
    found: dict[str, Message] = {}
    words = {
        "title": bulletin.title, "name": bulletin.issuer or sender.name,
        "area": ", ".join(tree.get(one).name for one in areas),
    }  # fmt: skip
    subject, text = (part.format_map(words) for part in _TEXTS[why])
    for area in areas:
        for editor in policy.nearest_editors(every, area, tree):
            message = Message(editor.username, subject, text, link, editor.email, kind=f"bulletin.{why}", words=words)
            found.setdefault(editor.username, word(editor, message))
    return list(found.values())
