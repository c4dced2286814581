"""Selects who is notified about an urgent notice and writes the messages; called by desk, cli and worker.

If a notice was proposed or signed, those who may send it are notified. If an editor sent it without the second editor
that is required ("broken"), all editors and keepers of any of its areas are notified.
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
    """Returns one message for each active person who is to be notified, except ``actor`` (a username).

    ``why`` is what the actor did with the notice: "proposed", "signed" or "broken" (see the module). A message
    contains the actor's displayed name and, of the notice's areas, those for which its reader is responsible. "{id}"
    in its link stands for the id of the notice, which may not be stored yet.
    """
    every = tuple(people)
    name = next((one.name for one in every if one.username == actor), actor)
    return tuple(
        _message(why, notice, name, person, tree)
        for person in every
        if person.active and person.username != actor and _concerned(why, person, notice, tree)
    )


def _message(why: Why, notice: Notice, name: str, person: Person, tree: AreaTree) -> Message:
    own = (slug for slug in notice.areas if slug in tree and _answers_for(person, slug, tree))
    words = {"headline": notice.headline, "actor": name, "where": ", ".join(tree.get(slug).name for slug in own)}
    return Message(
        person.username, _SUBJECT[why].format_map(words), _TEXT[why].format_map(words), "/desk/urgent/{id}",
        person.email, kind=f"notice.{why}", words=words,
    )  # fmt: skip


def _concerned(why: Why, person: Person, notice: Notice, tree: AreaTree) -> bool:
    if why == "broken":
        return any(_answers_for(person, area, tree) for area in notice.areas)
    return all(may(person.grants, "notice.push", area, tree) for area in notice.areas)


def _answers_for(person: Person, area: str, tree: AreaTree) -> bool:
    rights: tuple[Right, ...] = ("notice.push", "person.manage")
    return any(may(person.grants, right, area, tree) for right in rights)
