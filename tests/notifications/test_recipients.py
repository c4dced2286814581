"""Who gets a message about an urgent notice: those who can act on it; all who are responsible if one acted alone."""

from __future__ import annotations

import pytest

from server.core.areas import AreaTree
from server.core.policy import Grant, Person, Role
from server.notifications.recipients import Why, notice_messages
from tests import cast
from tests.cast import AREAS

TREE = AreaTree(AREAS)


def person(name: str, role: Role, area: str, *, active: bool = True) -> Person:
    return Person(1, name, name, f"{name}@x.vn", active=active, grants=(Grant(role, area),))


PEOPLE = (
    person("lan", "editor", "tinh"),
    person("minh", "editor", "tinh"),
    person("dong", "editor", "xa-dong-hai"),
    person("hoa", "operator", "xa-minh-tan"),
    person("tuan", "keeper", "tinh"),
    person("nghi", "editor", "tinh", active=False),
)


@pytest.mark.parametrize(
    ("why", "areas", "actor", "notified"),
    [
        ("proposed", ("xa-dong-hai",), "hoa", ["lan", "minh", "dong"]),
        ("proposed", ("xa-minh-tan", "xa-dong-hai"), "hoa", ["lan", "minh"]),
        ("signed", ("tinh",), "lan", ["minh"]),
        ("broken", ("xa-dong-hai",), "lan", ["minh", "dong", "tuan"]),
    ],
)
def test_who_is_notified(why: Why, areas: tuple[str, ...], actor: str, notified: list[str]) -> None:
    messages = notice_messages(why, cast.notice(areas=areas), actor, PEOPLE, TREE)
    assert [one.person for one in messages] == notified


def test_the_message_names_actor_headline_and_area() -> None:
    (message,) = notice_messages("signed", cast.notice(areas=("tinh",)), "lan", PEOPLE, TREE)
    assert "Bão số 3" in message.subject
    assert "lan đã ký" in message.text
    assert "Tỉnh Hưng Yên" in message.text
    assert (message.link, message.address) == ("/desk/urgent/{id}", "minh@x.vn")
