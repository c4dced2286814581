"""What /readyz says of a silent worker, desk or Redis, of late and failing jobs, and of failed writes."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import gevent
import pytest
from flask import Flask

from server.core.alerts.rules import AlertRules
from server.core.model import Source
from server.live.loop.db_thread import DbThread
from server.live.ops.health import health_pages
from server.live.ops.health_checks import CHECK_SECONDS, SILENT_SECONDS, HealthChecks
from server.store.alerts import polls
from server.store.database import worker_beats
from server.store.database.errors import StoreFull
from server.store.sources import sources
from tests.cast import AREAS, BOARDS, MINUTE, NOW, SOURCES
from tests.live.raw import PATIENCE
from tests.live.studio import Studio


@dataclass
class World:
    """The state of everything that the health checks look at; tests change it.

    ``now`` is monotonic seconds. ``late`` maps a job to the seconds that it is overdue, ``failing`` a job to the name
    of its exception. ``desk``: the desk answers; ``redis_lost``: Redis does not.
    """

    house: Studio
    now: float = 10.0
    late: dict[str, float] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    desk: bool = True
    redis_lost: bool = False
    at: datetime = NOW

    def checks(self, data: Path) -> HealthChecks:
        director, _ = self.house.on_air()
        self.writer = DbThread(self.house.open())
        return HealthChecks(
            director,
            thread=DbThread(self.house.open()),
            writer=self.writer,
            data=data,
            store_file=data / "bangtin.db",
            monotonic=lambda: self.now,
            late=lambda: self.late,
            failing=lambda: self.failing,
            desk_answers=lambda: self.desk,
            desk_trouble=lambda: "",
            redis_lost=lambda: self.redis_lost,
            without_alerts=lambda db: polls.silent(db, self.at, AlertRules()),
        )


@pytest.fixture
def world(house: Studio) -> World:
    return World(house)


@pytest.fixture
def checks(world: World, data: Path) -> HealthChecks:
    return world.checks(data)


def test_a_worker_and_a_desk_that_fall_silent_and_return(world: World, checks: HealthChecks) -> None:
    def wait(seconds: float) -> tuple[str, ...]:
        world.now += seconds
        checks.look()
        checks.ask_desk()
        return checks.report().degraded

    worker_beats.beat(world.house.db, "w", 1)
    assert wait(1) == ()
    world.desk = False
    worker_beats.beat(world.house.db, "w", 2)
    assert wait(SILENT_SECONDS - 1) == ()
    worker_beats.beat(world.house.db, "w", 3)
    (said,) = wait(2)
    assert "Bàn biên tập im lặng" in said
    world.desk = True
    (said,) = wait(SILENT_SECONDS + 1)
    assert "Bộ đọc nguồn tin im lặng" in said
    worker_beats.beat(world.house.db, "other", 1)
    assert wait(1) == ()
    assert worker_beats.read(world.house.db) == {"other": 1}


def test_a_source_of_alerts_without_data_only_degrades(world: World, checks: HealthChecks) -> None:
    db = world.house.db
    centre = Source("nchmf", "Đài khí tượng", "cap", "https://khituong.example/cap.xml", area="tinh")
    sources.seed(db, areas=AREAS, sources=[*SOURCES, centre], boards=BOARDS, now=NOW)
    polls.failed(db, "nchmf", "Máy chủ nguồn trả lời quá chậm.", NOW)
    checks.look()
    assert checks.report().degraded == ()
    world.at += 10 * MINUTE
    checks.look()
    assert checks.report().degraded == ("Chưa có dữ liệu cảnh báo từ Đài khí tượng",)
    polls.good(db, "nchmf", NOW + 11 * MINUTE, AlertRules(), listed=(), cut=False, unchanged=False)
    checks.look()
    assert checks.report().degraded == ()


def test_a_late_job_breaks_redis_and_errors_only_degrade(world: World, checks: HealthChecks) -> None:
    world.redis_lost, world.failing = True, {"wall": "KeyError"}
    found = checks.report()
    assert found.broken == ()
    assert [one.partition(":")[0] for one in found.degraded] == ["Không có Redis", "Việc định kỳ “wall” gặp lỗi"]
    world.late = {"tick": 7.2}
    assert checks.report().broken == ("Việc định kỳ “tick” trễ 7 giây",)


def test_a_failed_write_is_told_until_writing_works_again(world: World, checks: HealthChecks) -> None:
    def fail(_db: object) -> None:
        raise StoreFull("Đĩa chứa cơ sở dữ liệu đã đầy, không ghi được gì: host=10.0.0.7")

    with pytest.raises(StoreFull):
        world.writer(fail)
    assert checks.report().broken == ("Đĩa chứa cơ sở dữ liệu đã đầy, không ghi được gì",)
    checks.look()
    assert checks.report().broken == ()


def test_the_page_says_ok_degraded_or_503(world: World, checks: HealthChecks) -> None:
    app = Flask("test")
    app.register_blueprint(health_pages(checks.report))
    client = app.test_client()
    assert (client.get("/readyz").status_code, client.get("/readyz").text) == (200, "ok\n")
    world.redis_lost = True
    assert client.get("/readyz").text.startswith("degraded: Không có Redis")
    world.late = {"tick": 6}
    assert client.get("/readyz").status_code == 503


def test_reading_a_large_file_delays_no_other_look_and_happens_once_at_a_time(
    world: World, checks: HealthChecks, data: Path, tmp_path: Path
) -> None:
    """A named pipe without a writer simulates a file that takes minutes to read: opening it blocks."""
    pipe = tmp_path / "slow.db"
    os.mkfifo(pipe)
    checks._store_file = pipe
    for beat in range(3):
        worker_beats.beat(world.house.db, "w", beat)
        checks.look()
        gevent.sleep(0)
        assert checks._worker == {"w": beat}
        assert checks._reading
    assert checks._page_reader.size == 1
    with pipe.open("wb"):
        _wait_until_read(checks)
    (data / "bangtin.db").write_bytes(b"no database" * 1_000)
    checks._store_file, world.now = data / "bangtin.db", world.now + CHECK_SECONDS
    checks.look()
    _wait_until_read(checks)
    assert checks.report().broken


def _wait_until_read(checks: HealthChecks) -> None:
    with gevent.Timeout(PATIENCE):
        while checks._reading:
            gevent.sleep(0)
