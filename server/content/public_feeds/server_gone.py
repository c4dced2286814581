"""Lists, for other servers, what public boards showed and do not show any more; called by server_feed."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from typing import cast

from server.content.public_feeds.scopes import Scope
from server.core.levels.items import NOTICE_ORIGIN
from server.core.times import to_ms
from server.store.levels.gone import Departure

_CORRECTED = frozenset({"announcement.replace", "notice.correct"})
_LETTERS = {"announcement": "a", "story": "s", "notice": "n"}
_BORN = {"announcement": "created", "story": "first_seen", "notice": "issued"}


def key_of(left: Departure) -> str:
    """The key of the item's page, such as "a12"."""
    kind, _, id = left.subject.partition("/")
    return f"{_LETTERS[kind]}{id}"


def tombstones(
    scope: Scope, left: Iterable[Departure], origin: Callable[[str, datetime], str]
) -> Iterator[dict[str, object]]:
    """Yields a JSON object for each item that boards of the scope showed; its "key" is to be removed.

    ``origin`` returns the origin of an item, given its key and the time at which its row was made.
    """
    for one in left:
        kind = one.subject.partition("/")[0]
        if not _was_public(kind, one.row, scope):
            continue
        born = datetime.fromisoformat(str(one.row[_BORN[kind]]))
        why = "corrected" if one.act in _CORRECTED else "withdrawn"
        key = key_of(one)
        yield {"key": key, "origin": origin(key, born), "version": to_ms(one.at), "why": why}


def _was_public(kind: str, row: Mapping[str, object], scope: Scope) -> bool:
    if kind == "announcement":
        named = cast(list[str], row.get("boards") or [])
        shown = not named or any(board.slug in named for board in scope.boards)
        return row.get("area") in scope.areas and shown
    if kind == "story":
        return any(lane.source == row.get("source") for board in scope.boards for lane in board.lanes)
    origin = str(row.get("origin", ""))
    areas = cast(list[str], row.get("areas") or [])
    return (not origin or origin.startswith(NOTICE_ORIGIN)) and not scope.areas.isdisjoint(areas)
