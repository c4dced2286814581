"""A department, the province and two communes as real servers: all arrives once, also over a killed province."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from server.store.announcements import announcements
from server.store.notices import notices
from tests.ports import free_port
from tests.station import ACTOR, Station, until
from tests.worker.levels.real_servers import LONG, Reading, Shown, config, link, live, post, start_all, titles, urgent

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]


def station(folder: Path, area: str, *read: Station) -> Station:
    """A server with one board in ``area`` that reads the servers ``read``."""
    port = free_port()
    readings = [Reading(f"tu-{one.port}", one.address, area) for one in read]
    made = Station.of(folder, config(f"http://localhost:{port}", {"bang": Shown(area)}, readings))
    made.port = port
    return made


@pytest.fixture
def four(tmp_path: Path) -> Iterator[tuple[Station, Station, Station, Station]]:
    """The department, the province that reads it and the first commune, and the communes, which read the province."""
    department = station(tmp_path / "so", "tinh")
    reserved = station(tmp_path / "xa", "xa")
    province = station(tmp_path / "tinh", "tinh", department, reserved)
    first = station(tmp_path / "xa", "xa", province)
    moved = first.config.read_text(encoding="utf-8").replace(str(first.port), str(reserved.port))
    first.config.write_text(moved, encoding="utf-8")
    first.port = reserved.port
    second = station(tmp_path / "xa-hai", "xa-hai", province)
    with ExitStack() as stack:
        for one in (department, province, first, second):
            stack.callback(one.close)
        start_all((department, province, first, second))
        yield department, province, first, second


def test_everything_arrives_once_and_leaves_again(four: tuple[Station, Station, Station, Station]) -> None:
    department, province, first, second = four
    source = f"tu-{first.port}"
    link(province, source, "xa", "tinh")
    gone = post(department, "Của sở", "tinh")
    post(first, "Của xã", "xa")
    post(province, "Của tỉnh", "tinh")
    from_above = {"Của sở", "Của tỉnh"}
    until(lambda: all(from_above <= set(titles(one)) for one in (first, second)), "they went down", seconds=LONG)
    until(lambda: "Của xã" in titles(province), "it went up", seconds=LONG)
    province.kill9_server()
    province.kill9_worker()
    sent = urgent(department, "Bão số 3", "tinh")
    announcements.withdraw(department.store, gone.id, actor=ACTOR, now=department.now("bang"))
    province.start()
    below = (province, first, second)
    until(lambda: all(live(one) == ["Bão số 3"] for one in below), "the notice is everywhere, once", seconds=LONG)
    until(lambda: all("Của sở" not in titles(one) for one in below), "the withdrawal is everywhere", seconds=LONG)
    notices.clear(department.store, sent.id, actor=ACTOR, now=department.now("bang"))
    until(lambda: all(live(one) == [] for one in below), "its end is everywhere", seconds=LONG)
    assert titles(department) == []
    assert [titles(one) for one in below] == [["Của tỉnh", "Của xã"]] * 3
