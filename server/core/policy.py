"""Decides which role has which right, and whether grants allow an act in an area; used by desk, live, store and cli.

viewer < operator < editor: each role has the rights of the one before. The keeper (administrator) is separate and has
no right over content, so that nobody can appoint himself a second editor: he grants rights to others, never to
himself. A grant is valid for an area and for all areas below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from server.core.areas import AreaTree

Role = Literal["viewer", "operator", "editor", "keeper"]
ROLES: tuple[Role, ...] = get_args(Role)

Right = Literal[
    # "public": everybody, signed in or not. "own": every signed-in person, for his own account only.
    "public",
    "own",
    # View.
    "board.view",
    "screen.view",
    "source.view",
    "audit.read",
    "gallery.view",
    "report.view",
    # Content.
    "announcement.write",
    "announcement.approve",
    "media.write",
    "story.approve",
    "notice.propose",
    "notice.push",
    "notice.confirm",
    "notice.clear",
    # Only keys of other programs use it: a short message on one board, for minutes, without an editor.
    "board.message",
    # Only keys use it, too: the numbers that the counters of a hall serve, on that hall's board.
    "board.serving",
    # Only keys of the province's source information system use these two: to hand in bulletins, and to put priority
    # and urgent ones on the air without an editor.
    "bulletin.send",
    "bulletin.air",
    # Only keys use it: electronic documents of an e-office system, which become drafts or recall a posting.
    "document.write",
    "panic",
    # Administer.
    "area.manage",
    "source.manage",
    "screen.pair",
    "screen.manage",
    "person.manage",
    "token.manage",
    "webhook.manage",
    # Take an alarm on, so that nobody else is called; plan who is on duty.
    "alarm.acknowledge",
    "duty.manage",
]
RIGHTS: tuple[Right, ...] = get_args(Right)

_VIEWER: frozenset[Right] = frozenset({"board.view", "screen.view", "source.view", "gallery.view", "report.view"})
_OPERATOR: frozenset[Right] = _VIEWER | {"announcement.write", "media.write", "notice.propose", "alarm.acknowledge"}
_EDITOR: frozenset[Right] = _OPERATOR | {
    "announcement.approve",
    "story.approve",
    "notice.push",
    "notice.confirm",
    "notice.clear",
    "board.message",
    "board.serving",
    "bulletin.send",
    "bulletin.air",
    "document.write",
    "panic",
    "screen.pair",
    "audit.read",
    "token.manage",
    "duty.manage",
}
_KEEPER: frozenset[Right] = _VIEWER | {
    "area.manage",
    "source.manage",
    "screen.pair",
    "screen.manage",
    "person.manage",
    "token.manage",
    "webhook.manage",
    "alarm.acknowledge",
    "duty.manage",
    "audit.read",
    "panic",  # it only replaces a board's content with the safe slide, and whoever is nearest must be able to do that
}
RIGHTS_OF: dict[Role, frozenset[Right]] = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "editor": _EDITOR,
    "keeper": _KEEPER,
}
# The rights over what boards show. A keeper must never have any of them (tests/core/test_policy.py).
CONTENT: frozenset[Right] = frozenset(
    {
        "announcement.write",
        "announcement.approve",
        "media.write",
        "story.approve",
        "notice.propose",
        "notice.push",
        "notice.confirm",
        "notice.clear",
        "board.message",
        "board.serving",
        "bulletin.send",
        "bulletin.air",
        "document.write",
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role for an area (its slug) and for all areas below it."""

    role: Role
    area: str


def nearest_editors(people: Iterable[Person], area: str, tree: AreaTree) -> tuple[Person, ...]:
    """The active editors of ``area`` or, if it has none, of the nearest area above it that has some.

    Empty if none of these areas has an active editor. The result selects who is told of an announcement, so that a
    commune's announcement does not disturb the province's editors.
    """
    return nearest("editor", people, area, tree)


def nearest(role: Role, people: Iterable[Person], area: str, tree: AreaTree) -> tuple[Person, ...]:
    """The active people with ``role`` in ``area`` or, if there are none, in the nearest area above that has some."""
    able = [person for person in people if person.active]
    for level in tree.chain(area) if area in tree else ():
        near = tuple(
            person for person in able if any(one.area == level and one.role == role for one in person.grants)
        )
        if near:
            return near
    return ()


def may(grants: Iterable[Grant], right: Right, area: str | None, tree: AreaTree) -> bool:
    """True if one of ``grants`` gives ``right`` for ``area``.

    ``area`` None asks whether the right is held for at least one area. For an unknown area nobody has a right.
    "public" and "own" are always True: they depend on the session, not on grants.
    """
    if right in ("public", "own"):
        return True
    return any(right in RIGHTS_OF[grant.role] and (area is None or tree.covers(grant.area, area)) for grant in grants)


def areas_with(grants: Iterable[Grant], right: Right, tree: AreaTree) -> tuple[str, ...]:
    """The slugs of all areas of the tree for which the grants give ``right``, in the order of the tree."""
    listed = tuple(grants)
    return tuple(slug for slug in tree.slugs() if may(listed, right, slug, tree))


def topmost(areas: Iterable[str], tree: AreaTree) -> tuple[str, ...]:
    """Returns those of ``areas`` that do not lie below another of them; grants for these cover all ``areas``."""
    listed = tuple(areas)
    return tuple(one for one in listed if not any(tree.is_above(upper, one) for upper in listed))


def may_grant(giver: str, grants: Iterable[Grant], receiver: str, given: Grant, tree: AreaTree) -> bool:
    """True if person ``giver`` with ``grants`` may give ``given`` to ``receiver``, or revoke it.

    This needs "person.manage" for the area. Nobody may change his own rights: neither to gain rights over content nor
    to escape the control of those who granted them.
    """
    return giver != receiver and may(grants, "person.manage", given.area, tree)


def needs_second_factor(grants: Iterable[Grant]) -> bool:
    """True if ``grants`` include the role of an editor or a keeper.

    Only these roles can be required to have a second factor; the caller checks whether config.toml does require it.
    """
    return any(grant.role in ("editor", "keeper") for grant in grants)


@dataclass(frozen=True, slots=True)
class Person:
    """An account: ``username`` is the actor in the audit log, ``name`` the displayed name."""

    id: int
    username: str
    name: str
    email: str
    active: bool = True
    language: str = ""
    grants: tuple[Grant, ...] = ()
    second_factor: bool = False  # True once the person has set one up
