"""Selects who is notified about an urgent notice and words the messages; called by the desk and the command line.

A proposal goes to those who may send it, a signature to those who may confirm it. If an editor sent a notice alone,
everyone responsible for one of its areas is notified (four eyes).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal

from server.core.areas import AreaTree
from server.core.model import Notice
from server.core.policy import Person, Right, may
from server.store.people.messages import Message

Why = Literal["proposed", "signed", "broken"]
_SUBJECT: dict[Why, str] = {
    "proposed": "Đề nghị tin khẩn: {headline}",
    "signed": "Tin khẩn chờ bạn xác nhận: {headline}",
    "broken": "Tin khẩn được phát một mình: {headline}",
}
_TEXT: dict[Why, str] = {
    "proposed": "{actor} đề nghị phát tin khẩn ở {where}.",
    "signed": "{actor} đã ký tin khẩn cho {where} và cần một biên tập viên khác xác nhận.",
    "broken": "{actor} đã phát tin khẩn ở {where} khi không có người thứ hai xác nhận. Hãy xem lại ngay.",
}


def notice_messages(
    why: Why, notice: Notice, actor: str, people: Iterable[Person], tree: AreaTree
) -> tuple[Message, ...]:
    """One message for each person concerned except ``actor``; "{id}" in its link stands for the notice's id."""
    where = ", ".join(tree.get(slug).name for slug in notice.areas if slug in tree)
    words = {"headline": notice.headline, "actor": actor, "where": where}
    return tuple(
        Message(
            person.username,
            _SUBJECT[why].format_map(words),
            _TEXT[why].format_map(words),
            "/desk/urgent/{id}",
            person.email,
        )
        for person in people
        if person.active and person.username != actor and _concerned(why, person, notice, tree)
    )


def _concerned(why: Why, person: Person, notice: Notice, tree: AreaTree) -> bool:
    def holds(right: Right, area: str) -> bool:
        return may(person.grants, right, area, tree)

    if why == "broken":
        return any(holds("notice.push", area) or holds("person.manage", area) for area in notice.areas)
    return all(holds("notice.push", area) for area in notice.areas)
