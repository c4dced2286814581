"""Signed-in people and paired screens are served as usual while strangers exhaust the limits of the server."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from server.core.policy import Grant
from server.store.people import people
from tests.attacks.raw_connections import HALF_A_POST, held
from tests.attacks.test_strangers import BOARD, station_of
from tests.browser.storm import paired
from tests.live.ops.test_desk_proxy import Visitor, with_a_password
from tests.station import Station, until

LARGE = b"a" * 200_000


@pytest.fixture(scope="module")
def station(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Station]:
    made = station_of(tmp_path_factory.mktemp("known"), "request_seconds = 2")
    with_a_password(made)
    yield made
    made.close()


def signed_in(station: Station) -> Visitor:
    visitor = Visitor(station)
    visitor.sign_in_slowly().join()
    assert visitor.status == 302
    return visitor


def test_only_who_may_upload_may_send_much_also_after_the_server_has_forgotten_everybody(station: Station) -> None:
    visitor = signed_in(station)
    assert Visitor(station).ask("POST", "/desk/nothing", LARGE)[0] == 413
    assert visitor.ask("POST", "/desk/nothing", LARGE)[0] in (400, 404), "a form may be 4 MiB"
    assert visitor.ask("POST", "/desk/nothing", b"a" * (5 << 20))[0] == 413
    people.grant(station.store, "hoa", Grant("operator", BOARD), by=None, actor="os:root", now=station.now(BOARD))
    assert visitor.ask("GET", "/desk/security/")[0] == 200
    assert visitor.ask("POST", "/desk/nothing", b"a" * (5 << 20))[0] in (400, 404)
    station.kill9_server()
    station.restart()
    assert visitor.ask("POST", "/desk/nothing", b"a" * (5 << 20))[0] in (400, 404), "the desk was asked"


def test_no_request_of_somebody_who_is_signed_in_waits_for_strangers(station: Station) -> None:
    visitor = signed_in(station)
    with held(station.port, (300, HALF_A_POST)) as attack:
        for _ in range(5):
            status, page = visitor.ask("GET", "/desk/security/")
            assert status == 200
            assert re.search("csrf", page)
        until(lambda: attack.still_open() == 0, "the attack is over")


def test_a_screen_sends_its_picture_and_a_stranger_does_not(station: Station) -> None:
    ((_, key),) = paired(station, BOARD, 1, "Màn hình")
    until(lambda: Visitor(station).ask("GET", "/glass/where", Authorization=f"Bearer {key}")[0] == 200, "it is known")
    assert Visitor(station).ask("POST", "/glass/screenshots/1", LARGE, Authorization=f"Bearer {key}")[0] in (404, 415)
    assert Visitor(station).ask("POST", "/glass/screenshots/1", LARGE, Authorization="Bearer made-up")[0] == 413
