"""Who hears of an urgent notice before the screens do, and in which words; called by desk and command line.

A proposal goes to those who may send it, a signature to those who may confirm it; where the glass was broken,
everybody who answers for one of the areas is told (TRUST, four eyes).
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


def told(why: Why, notice: Notice, actor: str, people: Iterable[Person], tree: AreaTree) -> tuple[Message, ...]:
    """One message for each person concerned but ``actor``; the link's {id} becomes the notice's number."""
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
