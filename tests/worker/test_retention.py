"""The hourly job that deletes data whose retention time is over, and the page of docs that lists these times."""

from __future__ import annotations

import os
import re
from datetime import datetime, timedelta
from pathlib import Path

from server.store.media import uploads
from server.store.screens import screens
from server.store.tables import resets
from server.worker.retention import DAY, RULES, Retention
from tests.cast import NOW
from tests.live.studio import Logged, Studio
from tests.paths import ROOT
from tests.store.screens.test_screens import paired

PROOF = timedelta(days=1100)
MINUTE = timedelta(minutes=1)


def retention(house: Studio, data: Path) -> Retention:
    return Retention(house.db, data, house.clock, proof=PROOF)


def file_of(path: Path, at: datetime) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(b"x")
    os.utime(path, (at.timestamp(), at.timestamp()))
    return path


def test_old_screenshots_go_with_their_commands_but_each_screens_newest(house: Studio, tmp_path: Path) -> None:
    screen, _ = paired(house.db)
    pictures = []
    for _ in range(2):
        now = house.clock.now
        asked = screens.send(house.db, [screen.id], "screenshot", until=now + MINUTE, actor="lan", now=now)
        pictures.append(file_of(tmp_path / f"screenshots/{asked[0].id}.webp", now))
        house.clock.move(days=1)
    job = retention(house, tmp_path)
    assert job.forget()["screenshots"] == 0
    house.clock.move(days=RULES["screenshots"] // DAY)
    assert job.forget()["screenshots"] == 1
    assert [path.exists() for path in pictures] == [False, True]
    house.clock.move(days=RULES["screen commands"] // DAY)
    job.forget()
    job.forget()
    assert not pictures[1].exists()


def test_uploads_without_a_row_and_halves_of_pictures_go_after_two_days(house: Studio, tmp_path: Path) -> None:
    old, new = NOW - 3 * DAY, NOW - DAY
    lost, fresh = file_of(tmp_path / "uploads/lost", old), file_of(tmp_path / "uploads/fresh", new)
    known = file_of(tmp_path / "uploads/known", old)
    uploads.add(house.db, uploads.Upload("known", "lan", "tinh", "a.pdf", 1, NOW))
    half, whole = file_of(tmp_path / "media/.aa.bb", old), file_of(tmp_path / "media/aa.webp", old)
    assert retention(house, tmp_path).forget()["files without a row"] == 2
    assert [path.exists() for path in (lost, fresh, known, half, whole)] == [False, True, True, False, True]


def test_a_rule_that_fails_is_logged_and_the_others_are_carried_out(
    house: Studio, tmp_path: Path, logged: Logged
) -> None:
    with house.db.write() as conn:
        resets.drop(conn)
    file_of(tmp_path / "uploads/lost", NOW - 3 * DAY)
    done = retention(house, tmp_path).forget()
    assert "resets" not in done
    assert done["files without a row"] == 1
    assert [line["what"] for line in logged if line["event"] == "not deleted"] == ["resets"]


def test_the_page_of_the_configuration_says_for_how_long() -> None:
    page = (ROOT / "docs/config.md").read_text(encoding="utf-8").split("\n## What is kept how long\n", 1)[1]
    rows = re.findall(r"^\| ([a-z -]+) \| (\d+) days? \|", page, re.MULTILINE)
    assert {what: int(days) for what, days in rows} == {what: kept // DAY for what, kept in RULES.items()}
    assert "| audit | for ever |" in page
