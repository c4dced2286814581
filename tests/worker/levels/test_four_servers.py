"""A department, the province and two communes as real servers: all arrives once, also over a killed province."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from server.core.model import Announcement, Notice, Window
from server.store.announcements import announcements
from server.store.levels import peers
from server.store.levels.peers import AreaLink
from server.store.notices import notices
from tests.ports import free_port
from tests.station import ACTOR, Station, until

pytestmark = [pytest.mark.slow, pytest.mark.timeout(600)]
AREAS = (("tinh", "Tỉnh Hưng Yên", 'codes = ["VN-66"]'), ("xa", "Xã Minh Tân", ""), ("xa-hai", "Xã Đông Hải", ""))
LONG = 90.0  # seconds


def station(folder: Path, area: str, *read: Station) -> Station:
    """A server with one board in ``area`` that reads the servers ``read``."""
    port = free_port()
    lines = [
        f'[server]\nport = 0\npublic_url = "http://localhost:{port}"\nuncapped = ["127.0.0.0/8"]',
        '[fetch]\nallow_private = ["127.0.0.0/8", "::1"]',
    ]
    for slug, name, more in AREAS:
        parent = "" if slug == "tinh" else 'parent = "tinh"'
        lines.append(f'[[areas]]\nslug = "{slug}"\nname = "{name}"\n{more}\n{parent}')
    lines.append(f'[[boards]]\nslug = "bang"\nname = "Bảng"\narea = "{area}"\npublic = true')
    lines += [
        f'[[sources]]\nslug = "tu-{one.port}"\nname = "Máy chủ {one.port}"\nkind = "server"\nurl = "{one.address}/"\n'
        f'area = "{area}"\ntrust = "auto"\nalerts = "live"\nevery_minutes = 0.1'
        for one in read
    ]
    made = Station.of(folder, "\n\n".join(lines) + "\n")
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
            one.start()
        yield department, province, first, second


def titles(one: Station) -> list[str]:
    return sorted(found.title for found in announcements.all(one.store) if found.state == "approved")


def live(one: Station) -> list[str]:
    return sorted(found.headline for found in notices.live(one.store, one.now("bang")))


def post(one: Station, title: str, area: str) -> Announcement:
    now = one.now("bang")
    window = Window(now, now + timedelta(days=1))
    made = Announcement(0, area, title, "Nội dung.", (window,), now, ACTOR, longest_gap=timedelta(hours=1))
    return announcements.post(one.store, made, actor=ACTOR)


def test_everything_arrives_once_and_leaves_again(four: tuple[Station, Station, Station, Station]) -> None:
    department, province, first, second = four
    source = f"tu-{first.port}"
    until(lambda: peers.peer(province.store, source), "the province has read the commune", seconds=LONG)
    now = province.now("bang")
    peers.link(province.store, AreaLink(source, "xa", "tinh", "Xã", ACTOR, now), actor=ACTOR, now=now)
    gone = post(department, "Của sở", "tinh")
    post(first, "Của xã", "xa")
    post(province, "Của tỉnh", "tinh")
    from_above = {"Của sở", "Của tỉnh"}
    until(lambda: all(from_above <= set(titles(one)) for one in (first, second)), "they went down", seconds=LONG)
    until(lambda: "Của xã" in titles(province), "it went up", seconds=LONG)
    province.kill9_server()
    province.kill9_worker()
    alarm = Notice(0, "urgent", "Bão số 3", ("tinh",), now, now + timedelta(hours=1), created_by=ACTOR)
    sent = notices.post(department.store, alarm, actor=ACTOR, now=now)
    announcements.withdraw(department.store, gone.id, actor=ACTOR, now=department.now("bang"))
    province.start()
    below = (province, first, second)
    until(lambda: all(live(one) == ["Bão số 3"] for one in below), "the notice is everywhere, once", seconds=LONG)
    until(lambda: all("Của sở" not in titles(one) for one in below), "the withdrawal is everywhere", seconds=LONG)
    notices.clear(department.store, sent.id, actor=ACTOR, now=department.now("bang"))
    until(lambda: all(live(one) == [] for one in below), "its end is everywhere", seconds=LONG)
    assert titles(department) == []
    assert [titles(one) for one in below] == [["Của tỉnh", "Của xã"]] * 3
