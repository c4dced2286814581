"""The job that issues alerts, on a real store: from the acts of editors to the stored documents."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from feeds.formats.cap.document import CapAlert
from feeds.formats.cap.reader import read_alerts
from server.core.alerts.publication import Published
from server.core.model import Notice, Point
from server.setup.config import Config
from server.store.areas import areas
from server.store.boards import boards, panics
from server.store.database import revision
from server.store.notices import actions, notices, publications
from server.worker.publication.publisher import AlertPublisher
from tests import cast
from tests.cast import BOARDS, EDITOR, HOUR, NOW
from tests.live.studio import Logged, Studio
from tests.worker.publication.keys import CERTIFICATE, KEY, own, put

LAN = EDITOR.slug
URL = "https://bangtin.example.vn/"


def config(**alerts: str) -> Config:
    return Config.model_validate(
        {
            "server": {"public_url": URL},
            "alerts": alerts,
            "areas": [{"slug": "tinh", "name": "Tỉnh", "alert_sender": "canhbao@hungyen.example.vn"}],
        }
    )


def publisher(house: Studio, data: Path, **alerts: str) -> AlertPublisher:
    return AlertPublisher(house.db, config(**alerts), data, house.clock)


def post(house: Studio, **changes: Any) -> Notice:
    return notices.post(house.db, replace(cast.notice(), **changes), actor=LAN, now=house.clock())


def newest(house: Studio) -> tuple[Published, ...]:
    return publications.newest(house.db, since=NOW - HOUR)


def read(house: Studio, one: Published, certificate: str = "") -> CapAlert:
    body = publications.document(house.db, one.identifier)
    assert body is not None
    (found,) = read_alerts(body, address="", certificate=certificate)
    return found


def test_the_acts_of_editors_become_one_chain(house: Studio, data: Path) -> None:
    job = publisher(house, data)
    first = post(house)
    assert [job.tick(), job.tick()] == [1, 0]
    house.clock.move(minutes=1)
    actions.extend(house.db, first.id, NOW + 3 * HOUR, actor=LAN, now=house.clock())
    job.tick()
    corrected = actions.correct(
        house.db, first.id, replace(first, headline="Bão đổi hướng", until=NOW + 3 * HOUR), actor=LAN,
        now=house.clock(), four_eyes=False,
    )  # fmt: skip
    job.tick()
    notices.clear(house.db, corrected.id, actor=LAN, now=house.clock())
    job.tick()
    (last,) = newest(house)
    found = read(house, last)
    assert (found.kind, len(found.references), found.sender) == ("Cancel", 3, "canhbao@hungyen.example.vn")
    assert found.infos[0].web == f"{URL}board/hoi-truong"
    assert [area.description for area in found.infos[0].areas] == ["Tỉnh Hưng Yên"]
    assert job.tick() == 0


def test_the_outline_of_the_area_is_in_the_document(house: Studio, data: Path) -> None:
    ring = tuple(Point(*one) for one in ((20.6, 106.0), (20.6, 106.1), (20.7, 106.1), (20.6, 106.0)))
    areas.place(house.db, replace(areas.get(house.db, "tinh"), outline=(ring,)), actor=LAN, now=NOW)
    post(house)
    assert publisher(house, data).tick() == 1
    (area,) = read(house, newest(house)[0]).infos[0].areas
    assert area.polygons == (ring,)


def test_a_draft_becomes_an_alert_when_it_is_sent(house: Studio, data: Path) -> None:
    job, draft = publisher(house, data), post(house, state="drafted")
    assert job.tick() == 0
    actions.send(house.db, draft.id, actor=LAN, now=house.clock(), four_eyes=False)
    assert job.tick() == 1
    assert read(house, newest(house)[0]).infos[0].headline == draft.headline


def test_nothing_is_lost_or_issued_twice_if_the_worker_was_away(house: Studio, data: Path) -> None:
    first, second = post(house), post(house, areas=("xa-minh-tan",))
    actions.extend(house.db, first.id, NOW + 3 * HOUR, actor=LAN, now=house.clock())
    assert publisher(house, data).tick() == 2
    notices.clear(house.db, second.id, actor=LAN, now=house.clock())
    assert publisher(house, data).tick() == 1
    assert sorted((one.kind, one.content.notice) for one in newest(house)) == [
        ("Alert", first.id),
        ("Cancel", second.id),
    ]


def test_a_received_alert_is_not_issued_again(house: Studio, data: Path) -> None:
    post(house, origin="nchmf/centre/bao-1", created_by="system")
    assert publisher(house, data).tick() == 0


def test_a_notice_that_no_public_board_shows_is_not_issued(house: Studio, data: Path) -> None:
    for board in BOARDS[1:]:
        boards.save(house.db, replace(board, public=False), actor=LAN, now=NOW)
    post(house, areas=("xa-minh-tan",))
    assert publisher(house, data).tick() == 0
    boards.save(house.db, replace(BOARDS[1], public=True), actor=LAN, now=NOW)
    assert publisher(house, data).tick() == 1
    boards.save(house.db, replace(BOARDS[1], public=False), actor=LAN, now=NOW)
    assert publisher(house, data).tick() == 1
    assert [one.kind for one in newest(house)] == ["Cancel"]


def test_while_all_boards_show_the_safe_page_nothing_is_issued_or_cancelled(house: Studio, data: Path) -> None:
    first = post(house)
    publisher(house, data).tick()
    panics.begin(house.db, "tinh", actor=LAN, now=NOW)
    actions.extend(house.db, first.id, NOW + 3 * HOUR, actor=LAN, now=NOW)
    post(house, headline="Không phải của chúng tôi")
    assert publisher(house, data).tick() == 0
    panics.end(house.db, "tinh", actor=LAN, now=NOW)
    assert publisher(house, data).tick() == 2


def test_a_restored_backup_repeats_no_identifier(house: Studio, data: Path) -> None:
    post(house)
    publisher(house, data).tick()
    (before,) = newest(house)
    with house.db.write() as conn:
        conn.exec_driver_sql("DELETE FROM published_alerts")
    revision.renew_epoch(house.db)
    publisher(house, data).tick()
    assert newest(house)[0].identifier != before.identifier


def test_issuing_changes_nothing_that_boards_show(house: Studio, data: Path) -> None:
    post(house)
    before = revision.current(house.db)
    publisher(house, data).tick()
    assert revision.current(house.db) == before


def test_documents_of_one_alert_within_a_second_have_rising_times(house: Studio, data: Path) -> None:
    one, job, times = post(house), publisher(house, data), []
    for hours in (2, 3, 4):
        job.tick()
        times.append(newest(house)[0].sent)
        actions.extend(house.db, one.id, NOW + hours * HOUR, actor=LAN, now=NOW)
    assert times == [NOW + timedelta(seconds=after) for after in range(3)]


@pytest.fixture
def keyed(data: Path) -> Path:
    """The data folder with our key and certificate."""
    put(data)
    return data


def test_all_documents_of_an_alert_have_the_sender_of_the_first(house: Studio, data: Path) -> None:
    one = post(house)
    publisher(house, data).tick()
    actions.extend(house.db, one.id, NOW + 3 * HOUR, actor=LAN, now=house.clock())
    renamed = Config.model_validate({"server": {"public_url": "https://ten-moi.example.vn"}})
    AlertPublisher(house.db, renamed, data, house.clock).tick()
    assert [(found.kind, found.sender) for found in newest(house)] == [("Update", "canhbao@hungyen.example.vn")]


def test_with_a_key_documents_are_signed(house: Studio, keyed: Path) -> None:
    post(house)
    publisher(house, keyed, signing_key=KEY, certificate=CERTIFICATE).tick()
    assert read(house, newest(house)[0], own().pem).signature == "valid"


def test_a_warning_goes_out_unsigned_if_the_key_is_lost(house: Studio, data: Path, logged: Logged) -> None:
    post(house)
    assert publisher(house, data, signing_key=KEY, certificate=CERTIFICATE).tick() == 1
    assert read(house, newest(house)[0]).signature == "unsigned"
    assert [line["event"] for line in logged if line["log_level"] == "error"] == ["alert not signed"]
