"""Two real servers on loopback: a notice of the province is on the commune's glass by WebSub, and ends there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from time import monotonic

import pytest

from server.core.model import Announcement, Notice, Window
from server.store.announcements import announcements
from server.store.levels import pushes
from server.store.notices import notices
from tests.figures import Figure
from tests.ports import free_port
from tests.station import ACTOR, Station, until

AREA = '[[areas]]\nslug = "{slug}"\nname = "{name}"\n{more}\n'


def config(port: int, board: str, area: str, source: str = "") -> str:
    lines = [
        f'[server]\nport = 0\npublic_url = "http://localhost:{port}"\nuncapped = ["127.0.0.0/8"]',
        '[fetch]\nallow_private = ["127.0.0.0/8", "::1"]',
        AREA.format(slug="tinh", name="Tỉnh Hưng Yên", more='codes = ["VN-66"]'),
        AREA.format(slug="xa", name="Xã Minh Tân", more='parent = "tinh"'),
        f'[[boards]]\nslug = "{board}"\nname = "Bảng {board}"\narea = "{area}"\npublic = true',
    ]
    if source:
        lines.append(
            f'[[sources]]\nslug = "tinh-tren"\nname = "Tỉnh"\nkind = "server"\nurl = "{source}/"\narea = "xa"\n'
            'trust = "auto"\nalerts = "live"\nevery_minutes = 1'
        )
    return "\n\n".join(lines) + "\n"


@pytest.fixture
def pair(tmp_path: Path) -> Iterator[tuple[Station, Station]]:
    first, second = free_port(), free_port()
    province = Station.of(tmp_path / "tinh", config(first, "hoi-truong", "tinh"))
    province.port = first
    commune = Station.of(tmp_path / "xa", config(second, "tru-so", "xa", province.address))
    commune.port = second
    province.start()
    commune.start()
    yield province, commune
    commune.close()
    province.close()


def shown(station: Station) -> list[str]:
    return [str(one["id"]) for one in station.state("tru-so")["notices"]]


def test_a_notice_of_the_level_above_is_on_the_glass_by_push(pair: tuple[Station, Station], figure: Figure) -> None:
    province, commune = pair
    until(lambda: any(one.leased_until for one in pushes.all(commune.store)), "the hub has verified the subscription")
    now = province.now("hoi-truong")
    begun = monotonic()
    made = notices.post(
        province.store,
        Notice(0, "urgent", "Bão số 3 đổ bộ chiều nay", ("tinh",), now, now + timedelta(hours=1), created_by=ACTOR),
        actor=ACTOR,
        now=now,
    )
    until(lambda: shown(commune), "the notice is on the commune's glass", every=0.02)
    figure("act at the province to the state of the commune's board", monotonic() - begun, "s")
    announcements.post(
        province.store,
        Announcement(0, "tinh", "Cấp nước", "Nước sạch.", (Window(now, now + timedelta(days=1)),), now, ACTOR),
        actor=ACTOR,
    )
    until(
        lambda: [one.title for one in announcements.all(commune.store)] == ["Cấp nước"], "the announcement is there"
    )
    notices.clear(province.store, made.id, actor=ACTOR, now=province.now("hoi-truong"))
    until(lambda: not shown(commune), "the notice has left the commune's glass")
    assert sum(one.pushes for one in pushes.all(commune.store)) >= 2
