"""The desk without its store or Redis: pages open, or say in one sentence why not; limits on attempts still hold."""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from server.desk.auth.rate_limits import counts_of
from server.processes.desk import REDIS_AWAY
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.people import people, tokens
from tests.cast import DAY, EDITOR, NOW, OPERATOR
from tests.desk.auth.signing_in import set_password, sign_in
from tests.desk.conftest import office_template
from tests.desk.office import Office, office_on
from tests.ports import free_port
from tests.redis import Redis
from tests.station import Station, config_text, until

__all__ = ["office_template"]
IN_ENGLISH = {"Accept-Language": "en-GB,en;q=0.9"}
AWAY, DAMAGED = "Không dùng được cơ sở dữ liệu", "Cơ sở dữ liệu bị hỏng"


@pytest.fixture
def office(office_template: Path, tmp_path: Path) -> Iterator[Office]:
    """A desk with its store (`tests.desk.office`) whose writes wait at most 100 ms for a lock."""
    made = office_on(office_template, tmp_path)
    made.db.close()
    made.db = Database.open("sqlite:///bangtin.db", tmp_path, busy_timeout=timedelta(milliseconds=100))
    yield made
    made.db.close()


def test_reading_needs_no_lock_although_it_notes_who_was_seen(office: Office) -> None:
    browser = office.browser(OPERATOR)
    maker = people.get(office.db, EDITOR.slug)
    key = tokens.make(office.db, "Cổng", ["board.view"], ["tinh"], by=maker, until=NOW + DAY, now=NOW)
    office.later(minutes=2)
    with closing(sqlite3.connect(office.folder / "bangtin.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        assert browser.get("/desk/queue/").status_code == 200
        asked = office.app.test_client().get("/api/v1/boards", headers={"Authorization": f"Bearer {key}"})
        assert asked.status_code == 200
        refused = browser.post("/desk/seen", {"id": "1"})
        other.execute("ROLLBACK")
    assert refused.status_code == 503
    assert refused.headers["Retry-After"].isdecimal()
    assert "Cơ sở dữ liệu đang bận" in refused.text
    assert browser.post("/desk/seen", {"id": "1"}).status_code == 303


def test_a_damaged_store_is_named_in_the_readers_language(office: Office) -> None:
    browser = office.browser(OPERATOR)
    office.db.close()
    for suffix in ("-wal", "-shm"):
        (office.folder / f"bangtin.db{suffix}").unlink(missing_ok=True)
    file = office.folder / "bangtin.db"
    with file.open("r+b") as opened:
        opened.write(os.urandom(8192))
    for path in ("/desk/queue/", "/desk/no-such-page", "/api/v1/boards"):
        answer = browser.get(path)
        assert (answer.status_code, DAMAGED in _text(answer.text)) == (503, True), path
        assert answer.headers["Retry-After"].isdecimal()
    assert "must be restored from a backup" in browser.get("/desk/queue/", headers=IN_ENGLISH).text


def _text(answer: str) -> str:
    return str(json.loads(answer)) if answer.startswith("{") else answer


def test_without_its_database_server_every_page_says_so_in_one_sentence(tmp_path: Path) -> None:
    nowhere = f"postgresql+psycopg://tests@127.0.0.1:{free_port()}/none"
    office = Office(tmp_path, Database.open(nowhere, tmp_path))
    browser = office.browser()
    with browser.client.session_transaction() as session:
        session["sign_in"] = "0" * 32
    for path in ("/desk/", "/desk/urgent/", "/desk/no-such-page", "/desk/welcome/x", "/desk/login"):
        answer = browser.get(path)
        assert (answer.status_code, AWAY in answer.text) == (503, True), path
    style = re.search(r'href="(/desk/assets/[^"]+)"', answer.text)
    assert style is not None
    assert browser.get(style[1]).status_code == 200, "the page has its style sheet"
    assert "The database cannot be used" in browser.get("/desk/", headers=IN_ENGLISH).text
    office.db.close()


@pytest.fixture
def redis() -> Iterator[Redis]:
    made = Redis()
    yield made
    made.kill()


def test_attempts_are_limited_in_memory_while_redis_is_away(office: Office, redis: Redis) -> None:
    people_only = {"people": {"second_factor": False}}
    office.config = Config.model_validate(people_only | {"queue": {"url": redis.url}})
    set_password(office, OPERATOR)
    assert sign_in(office, OPERATOR.slug, "sai mật khẩu rồi")[1].status_code == 200
    counts = counts_of(office.app)
    assert counts.look()
    redis.freeze()
    assert sign_in(office, OPERATOR.slug)[1].status_code == 302, "frozen"
    redis.thaw()
    redis.kill()
    office.later(minutes=1)
    assert sign_in(office, OPERATOR.slug)[1].status_code == 302, "killed"
    told = [sign_in(office, OPERATOR.slug, f"sai lần {n}")[1].status_code for n in range(6)]
    assert told == [200] * 5 + [429]
    assert (counts.away(), counts.look()) == (True, False)
    redis.start()
    assert counts.look()
    assert not counts.away()


@pytest.mark.slow
def test_the_loss_of_redis_is_told_by_readyz(tmp_path: Path, redis: Redis) -> None:
    station = Station.of(tmp_path, config_text(["xa-minh-tan"]) + f'\n[queue]\nurl = "{redis.url}"\n')
    try:
        station.start(worker=False)
        assert station.get("/readyz") == (200, b"ok\n")
        redis.kill()

        def degraded() -> bool:
            status, body = station.get("/readyz")
            assert status == 200
            return REDIS_AWAY in body.decode()

        until(degraded, "/readyz tells that Redis is away")
        redis.start()
        until(lambda: not degraded(), "/readyz tells that Redis is back")
    finally:
        station.close()
