"""Who may do what where, as one pure table; asked by the desk's pages, its sockets, the API and the command line.

viewer < operator < editor: each holds what the one before holds. The keeper stands beside them, without a say in
content, so that nobody can make his own second editor: he gives rights to others, never to himself, and holds no
right that puts a letter on any glass. A grant is held for an area and for all below it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

from server.core.areas import AreaTree

Role = Literal["viewer", "operator", "editor", "keeper"]
ROLES: tuple[Role, ...] = get_args(Role)

Right = Literal[
    # For everybody, signed in or not; and for whoever is signed in, about himself alone.
    "public",
    "own",
    # Looking.
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
    "panic",
    # Looking after it.
    "source.manage",
    "screen.pair",
    "screen.manage",
    "person.manage",
    "token.manage",
]
RIGHTS: tuple[Right, ...] = get_args(Right)

_VIEWER: frozenset[Right] = frozenset({"board.view", "screen.view", "source.view", "gallery.view", "report.view"})
_OPERATOR: frozenset[Right] = _VIEWER | {"announcement.write", "media.write", "notice.propose"}
_EDITOR: frozenset[Right] = _OPERATOR | {
    "announcement.approve",
    "story.approve",
    "notice.push",
    "notice.confirm",
    "notice.clear",
    "panic",
    "screen.pair",
    "audit.read",
    "token.manage",
}
_KEEPER: frozenset[Right] = _VIEWER | {
    "source.manage",
    "screen.pair",
    "screen.manage",
    "person.manage",
    "token.manage",
    "audit.read",
    "panic",  # a calm slide says nothing, and whoever is nearest must be able to call for it
}
HELD: dict[Role, frozenset[Right]] = {
    "viewer": _VIEWER,
    "operator": _OPERATOR,
    "editor": _EDITOR,
    "keeper": _KEEPER,
}
# What changes what people read on the glass: no keeper holds any of these, whatever else is decided.
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
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """A role held for an area (a slug) and for all below it."""

    role: Role
    area: str


def may(grants: Iterable[Grant], right: Right, area: str | None, tree: AreaTree) -> bool:
    """True where one of ``grants`` holds ``right`` for ``area``.

    ``area`` None asks whether it is held anywhere. An unknown area is nobody's. ``public`` is everybody's and
    ``own`` is asked of the session, not of grants: both are True.
    """
    if right in ("public", "own"):
        return True
    return any(right in HELD[grant.role] and (area is None or tree.covers(grant.area, area)) for grant in grants)


def areas_with(grants: Iterable[Grant], right: Right, tree: AreaTree) -> tuple[str, ...]:
    """Every area in which ``right`` is held, in the order of the tree; retired grants' areas are not among them."""
    listed = tuple(grants)
    return tuple(slug for slug in tree.slugs() if may(listed, right, slug, tree))


def tops(areas: Iterable[str], tree: AreaTree) -> tuple[str, ...]:
    """Of ``areas`` those that are not below another of them: how one would name them."""
    listed = tuple(areas)
    return tuple(one for one in listed if not any(tree.is_above(upper, one) for upper in listed))


def may_grant(giver: str, grants: Iterable[Grant], receiver: str, given: Grant, tree: AreaTree) -> bool:
    """True where person ``giver``, holding ``grants``, may give (or take back) ``given`` to ``receiver``.

    It takes ``person.manage`` over the area, and nobody changes his own rights: not to gain a say in content,
    and not to slip from the hand of those who gave them.
    """
    return giver != receiver and may(grants, "person.manage", given.area, tree)


def needs_second_factor(grants: Iterable[Grant]) -> bool:
    """True of editors and keepers, where configuration asks for it."""
    return any(grant.role in ("editor", "keeper") for grant in grants)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody with an account: ``username`` is the actor in the audit, ``name`` what people call him."""

    id: int
    username: str
    name: str
    email: str
    active: bool = True
    language: str = ""
    grants: tuple[Grant, ...] = ()
    second_factor: bool = False  # has one
