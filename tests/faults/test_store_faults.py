"""The store stops, is damaged or full: /readyz names the fault, boards stay on air, and all recovers by itself."""

from __future__ import annotations

import os
import secrets
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import pytest

from server.store.database.engine import Database
from server.store.database.errors import StoreError
from tests.postgres import running
from tests.station import Station, config_text, until

BOARD = "hoi-truong"
NOISE = 8 << 10
DISK = 24 << 20


@pytest.mark.postgres
def test_postgresql_is_stopped_and_started(tmp_path: Path) -> None:
    with running() as postgres:
        url = postgres.create("faults")
        station = Station.of(tmp_path, config_text([BOARD]) + f'\n[store]\nurl = "{url}"\n')
        try:
            station.start(worker=False)
            station._db = Database.open(url, station.data)
            before = station.state(BOARD)["lap"]
            postgres.crash()
            _says(station, 503, "Không dùng được cơ sở dữ liệu")
            assert station.state(BOARD)["lap"]["slides"] == before["slides"]
            postgres.start()
            _says(station, 200, "")
            _shows_a_new_notice(station)
        finally:
            station.close()


def test_the_file_is_damaged_and_put_back(tmp_path: Path) -> None:
    station = Station.of(tmp_path, config_text([BOARD])).start(worker=False)
    try:
        file = station.data / "bangtin.db"
        station.kill9_server()
        with Database.open("sqlite:///bangtin.db", station.data).read() as conn:
            conn.exec_driver_sql("SELECT 1")
        _empty_wal(file)
        station.restart()
        sound = file.read_bytes()
        with file.open("r+b") as damaged:
            damaged.write(secrets.token_bytes(NOISE))
        _says(station, 503, "Cơ sở dữ liệu bị hỏng")
        assert station.state(BOARD)["lap"]["filler"]
        file.write_bytes(sound)
        _says(station, 200, "")
    finally:
        station.close()


def _empty_wal(file: Path) -> None:
    """Moves all pages from the write-ahead log into the database file, so that the log hides no damage to it."""
    script = f"import sqlite3; sqlite3.connect({str(file)!r}).execute('PRAGMA wal_checkpoint(TRUNCATE)')"
    subprocess.run(["python3", "-c", script], check=True, timeout=60)


@pytest.mark.slow
def test_the_disk_is_full_and_gets_room_again(tmp_path: Path) -> None:
    with _small_disk(tmp_path / "disk") as disk:
        station = Station.of(disk, config_text([BOARD]))
        try:
            station.start(worker=False)
            filler = disk / "filler"
            with filler.open("wb") as out:
                _fill(out.fileno())
            _says(station, 503, "đã đầy")
            with pytest.raises(StoreError, match="đầy"):
                _write_much(station)
            assert station.state(BOARD)["lap"]["filler"]
            filler.unlink()
            # The disk is so small that /readyz still says "degraded", for lack of space.
            _says(station, 200, "")
            _shows_a_new_notice(station)
        finally:
            station.close()


def _shows_a_new_notice(station: Station) -> None:
    posted = station.push(BOARD, "Bão số 3", _now())
    until(lambda: str(posted.id) in _notices(station), "the notice after the return")


def _write_much(station: Station) -> None:
    """Posts notices until the disk of the store is full."""
    for number in range(2_000):
        station.push(BOARD, f"Tin số {number} " + "dài " * 200, _now(), level="priority")


def _fill(file: int) -> None:
    try:
        while True:
            os.write(file, bytes(1 << 16))
    except OSError:
        return


@contextmanager
def _small_disk(folder: Path) -> Iterator[Path]:
    """Mounts a disk of 24 MB in memory at ``folder`` while the block runs; fails without the right to mount."""
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={DISK}", "tmpfs", str(folder)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.fail(f"needs root (CAP_SYS_ADMIN) to mount a small disk: {mounted.stderr.decode()}", pytrace=False)
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)


def _says(station: Station, status: int, words: str) -> None:
    """Waits until /readyz answers with ``status`` and its text contains ``words``; fails after 60 s."""

    def asked() -> bool:
        found, body = station.get("/readyz")
        return found == status and words in body.decode()

    until(asked, f"/readyz is {status} {words}", seconds=60)


def _notices(station: Station) -> set[str]:
    return {str(one["id"]) for one in station.state(BOARD)["notices"]}


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the real clock, as a command reads it
