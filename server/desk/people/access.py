"""Decides which people the signed-in keeper sees; called by the views of people and of mails."""

from __future__ import annotations

from server.core.policy import Person
from server.desk.web.context import desk


def is_mine(person: Person) -> bool:
    """True if the user manages people in an area in which the person has a role, or if the person has no role."""
    return not person.grants or any(desk.may("person.manage", one.area) for one in person.grants)
