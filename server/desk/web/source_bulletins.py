"""Finds what has become of bulletins of the source information system; called by desk.api and desk.records."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from server.core.model import Announcement, AnnouncementState, Notice, NoticeState
from server.core.workflow import Phase, phase
from server.desk.web.context import desk
from server.store.source_system import bulletins
from server.store.source_system.bulletins import Order, TakenBulletin


@dataclass(frozen=True, slots=True)
class ItemStatus:
    """An announcement or notice that was made of a bulletin; ``id`` is its id, ``areas`` are slugs.

    ``decided_by`` decided whether it is shown, ``ordered_by`` gave it its place in the order; "" for nobody yet. Both
    are actors of the audit. Either ``notice_state`` or ``announcement_phase`` is None.
    """

    item: str
    id: int
    notice_state: NoticeState | None
    announcement_phase: Phase | None
    areas: tuple[str, ...]
    state: AnnouncementState | NoticeState
    reason: str
    decided_by: str
    decided: datetime | None
    ordered_by: str
    ordered: datetime | None


def statuses(found: Sequence[TakenBulletin]) -> dict[int, tuple[ItemStatus, ...]]:
    """Returns id of a bulletin -> what has become of it."""
    orders = bulletins.orders(desk.db, [one.id for one in found])
    made = bulletins.made_of(desk.db, [order.item for items in orders.values() for order in items])
    return {
        id: tuple(_status(order, made[order.item]) for order in items if order.item in made)
        for id, items in orders.items()
    }


def _status(order: Order, one: Announcement | Notice) -> ItemStatus:
    if isinstance(one, Notice):
        state: NoticeState = "expired" if one.state == "live" and one.until <= desk.now() else one.state
        by = one.confirmed_by or one.signed_by
        return ItemStatus(order.item, one.id, state, None, one.areas, state, "", by, one.signed_at, "", None)
    return ItemStatus(
        order.item, one.id, None, phase(one, desk.now()), (one.area,), one.state, one.reason, one.decided_by,
        one.decided, order.ordered_by, order.ordered,
    )  # fmt: skip
