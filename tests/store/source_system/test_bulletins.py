"""A bulletin that comes several times at once is taken once, on SQLite and PostgreSQL."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta

import pytest

from server.core.source_system.bulletins import BadBulletin, Bulletin, Files, Priority, Sender
from server.notifications.source_bulletins import accept
from server.setup.config import Config
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.source_system import bulletins
from server.store.source_system.bulletins import OtherContent
from tests.cast import DAY, HOUR, NOW

SENDER = Sender("source-system", "Hệ thống thông tin nguồn", lambda _area: True, lambda _area: True)
BULLETIN = Bulletin("TTN-1", "priority", "Lịch tiêm chủng", "Sáng thứ Ba.", ("tinh", "xa-minh-tan"), until=NOW + DAY)


def send(db: Database, one: Bulletin = BULLETIN, *, later: timedelta = timedelta(0)) -> int:
    return accept(db, one, Files(), SENDER, config=Config(), now=NOW + later).id


@pytest.mark.parametrize("priority", ["normal", "priority", "urgent"])
def test_four_senders_at_once_make_one(db: Database, priority: Priority) -> None:
    with ThreadPoolExecutor(4) as threads:
        ids = list(threads.map(lambda _: send(db, replace(BULLETIN, priority=priority)), range(4)))
    made = [*announcements.all(db), *notices.all(db, states=("live", "drafted"))]
    assert (ids, len(made)) == ([1] * 4, 1 if priority == "urgent" else 2)
    assert len(bulletins.orders(db, [1])[1]) == len(made)


def test_nothing_is_left_of_a_bulletin_that_one_area_cannot_show(db: Database) -> None:
    boards.remove(db, "pho-dong-hai", actor="tuan", now=NOW)
    with pytest.raises(BadBulletin, match="Xã Đông Hải"):
        send(db, replace(BULLETIN, areas=("tinh", "xa-dong-hai")))
    assert (announcements.all(db), bulletins.find(db, "TTN-1")) == ((), None)


def test_a_recall_and_a_replacement_reach_every_item(db: Database) -> None:
    send(db)
    other = replace(BULLETIN, number="TTN-2", text="Sáng thứ Tư.", replaces="TTN-1", areas=("tinh",))
    send(db, other, later=HOUR)
    assert {(one.id, one.state, one.successor) for one in announcements.all(db)} == {
        (1, "withdrawn", 3), (2, "withdrawn", None), (3, "approved", None)
    }  # fmt: skip
    bulletins.recall(db, "TTN-2", SENDER, now=NOW + HOUR, reason="")
    assert announcements.get(db, 3).state == "withdrawn"
    with pytest.raises(OtherContent):
        send(db, replace(other, title="Khác"))


def test_who_ordered_is_noted_with_the_item(db: Database) -> None:
    send(db)
    announcements.reorder(db, [2, 1], actor="lan", now=NOW + HOUR)
    assert {(one.item, one.ordered_by, one.ordered) for one in bulletins.orders(db, [1])[1]} == {
        ("announcement:1", "lan", NOW + HOUR), ("announcement:2", "lan", NOW + HOUR)
    }  # fmt: skip
    found = bulletins.of_item(db, "announcement:2")
    assert found is not None
    assert (found.number, bulletins.of_item(db, "announcement:9")) == ("TTN-1", None)
