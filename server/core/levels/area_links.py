"""Decides for which local area an area of another server may speak; called by worker.levels and desk.sources.

An editor links a remote area to a local one. Without that, a remote area counts only if it has a code of the local
area of the source, or of one above it; so a server that claims a foreign area reaches no board.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from server.core.areas import AreaTree
from server.core.levels.items import Relation, RemoteArea


@dataclass(frozen=True, slots=True)
class Target:
    """Where items of a remote area go: to the local ``area`` (slug) and those below.

    ``speaker`` is the local area that stands for the remote one; ``relation`` says how it lies to that of the source.
    """

    area: str
    speaker: str
    relation: Relation


def speakers(
    remote: Iterable[RemoteArea], linked: Mapping[str, str], home: str, tree: AreaTree
) -> Mapping[str, Target]:
    """Returns remote slug -> target, for those remote areas that may reach boards of the area ``home`` or below.

    ``linked`` maps remote slugs to the local areas that an editor chose, "" for none. ``home`` is the area of the
    source.
    """
    found = {}
    for area in remote:
        local = linked[area.slug] if area.slug in linked else _with_code(area, home, tree)
        if (target := _target(local, home, tree)) is not None:
            found[area.slug] = target
    return found


def _with_code(remote: RemoteArea, home: str, tree: AreaTree) -> str:
    """The nearest of ``home`` and the areas above it that has a code of the remote area; "" if there is none."""
    codes = {code for code in remote.codes if code}
    return next((slug for slug in tree.chain(home) if codes.intersection(tree.get(slug).codes)), "")


def _target(local: str, home: str, tree: AreaTree) -> Target | None:
    if not local or local not in tree or home not in tree:
        return None
    if local == home:
        return Target(home, home, "same")
    if tree.is_above(local, home):
        return Target(home, local, "above")
    return Target(local, local, "below") if tree.is_above(home, local) else None


def feeds_of(remote: Iterable[RemoteArea], accepted: Iterable[str]) -> tuple[str, ...]:
    """Returns the addresses of the feeds to read: of the accepted areas that lie below no other accepted area."""
    listed = {area.slug: area for area in remote}
    wanted = set(accepted)

    def is_below(slug: str) -> bool:
        seen, at = {slug}, listed[slug].parent
        while at in listed and at not in seen:
            if at in wanted:
                return True
            seen.add(at)
            at = listed[at].parent
        return False

    topmost = (listed[slug].feed for slug in listed if slug in wanted and not is_below(slug))
    return tuple(dict.fromkeys(feed for feed in topmost if feed))
