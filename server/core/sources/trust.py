"""Decides which sources air without being read by an editor first, and who must agree; called by desk, setup, store.

Stories of a source with trust "auto" air unread. Therefore an editor of every area whose boards show the source must
agree, and the agreement ends when the source reads something else (`held_if_changed`).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import replace

from server.core.areas import AreaTree
from server.core.model import AlertSettings, Board, Source


def airs_unread(source: Source) -> bool:
    """True if stories or alerts of the source air before an editor has read them."""
    if source.kind == "cap":
        return (source.cap or AlertSettings()).alerts == "live"
    if source.kind == "mail":
        return False  # an editor approves each announcement
    if source.kind == "server" and (source.cap or AlertSettings()).alerts == "live":
        return True
    return source.trust == "auto"


def content_mark(source: Source) -> str:
    """Returns a hash (16 hex digits) of the source's area and of all settings that decide what is read (``url``)."""
    read: tuple[object, ...] = (
        source.url, source.kind, source.page, source.area, source.full_text, source.ca_bundle
    )  # fmt: skip
    if source.cap is not None:
        read += (replace(source.cap, alerts="draft"),)
    return hashlib.sha256(repr(read).encode()).hexdigest()[:16]


def held_if_changed(before: Source, after: Source) -> Source:
    """Returns ``after``, with trust "hold" instead of "auto" if its `content_mark` differs from that of ``before``.

    Alerts of such a source become drafts.
    """
    if not airs_unread(after) or content_mark(before) == content_mark(after):
        return after
    if after.kind in ("cap", "server") and (after.cap or AlertSettings()).alerts == "live":
        after = replace(after, cap=replace(after.cap or AlertSettings(), alerts="draft"))
    if after.kind == "cap":
        return after
    return replace(after, trust="hold")


def areas_that_agree(source: Source, area: str, boards: Iterable[Board], tree: AreaTree) -> tuple[str, ...]:
    """The slugs of the areas whose editors must agree before the source airs unread.

    These are ``area``, which is the source's own, and the areas of boards outside it that have a lane of the source.
    """
    reached = [board.area for board in boards if any(lane.source == source.slug for lane in board.lanes)]
    return tuple(dict.fromkeys([area, *(one for one in reached if not tree.covers(area, one))]))


def foreign_unread(board: Board, before: Board | None, sources: Iterable[Source], tree: AreaTree) -> list[Source]:
    """The sources of new lanes of ``board`` that would air there unread although the board is outside their area.

    ``before`` is the board as stored, None if it is new. If the board moves to another area, all lanes count as new.
    A source without an area is never returned: it counts as one of the topmost area.
    """
    same_place = before is not None and before.area == board.area
    had = {lane.source for lane in before.lanes} if before is not None and same_place else set()
    named = {lane.source for lane in board.lanes} - had
    return [
        one
        for one in sources
        if one.slug in named and airs_unread(one) and one.area is not None and not tree.covers(one.area, board.area)
    ]
