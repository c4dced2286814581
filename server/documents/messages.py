"""Makes the messages to editors about electronic documents; called by intake.

The texts are those of the mails, in Vietnamese; the desk makes its own from ``kind`` and ``words`` (desk.web.bell).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from server.core.areas import AreaTree
from server.core.policy import Person, nearest_editors
from server.store.people.messages import Message

_SUBJECTS: Mapping[str, str] = {
    "document.new": "Văn bản điện tử mới: {title}",
    "document.replacement": "Văn bản thay thế: {title}",
    "document.update": "Văn bản được cập nhật: {title}",
    "document.recall": "Văn bản bị thu hồi: {title}",
    "document.recall_missing": "Văn bản bị thu hồi: {title}",
}
_TEXTS: Mapping[str, str] = {
    "document.new": "Văn bản đã thành bản nháp niêm yết của {area}, chờ bạn xem và duyệt.",
    "document.replacement": "Bản nháp của {area} sẽ thay văn bản đang niêm yết ngay khi bạn duyệt.",
    "document.update": "Hãy xem chỗ khác nhau với bản đang niêm yết của {area}, rồi duyệt hoặc bỏ.",
    "document.recall": "Nơi ban hành đã thu hồi văn bản; bản niêm yết của {area} đã được gỡ khỏi các bảng tin.",
    "document.recall_missing": (
        "Nơi ban hành đã thu hồi văn bản mà {area} chưa niêm yết qua đường này. Nếu văn bản đã được đăng bằng tay, "
        "hãy gỡ."
    ),
}
KINDS = tuple(_SUBJECTS)


def messages(
    kind: str, title: str, area: str, link: str, people: Iterable[Person], tree: AreaTree
) -> tuple[Message, ...]:
    """The messages to the nearest editors of ``area``. ``kind`` is one of KINDS; "{id}" may stand in ``link``."""
    words = {"title": title, "area": tree.get(area).name}
    return tuple(
        Message(
            editor.username, _SUBJECTS[kind].format_map(words), _TEXTS[kind].format_map(words), link, editor.email,
            kind=kind, words=words,
        )
        for editor in nearest_editors(people, area, tree)
    )  # fmt: skip
