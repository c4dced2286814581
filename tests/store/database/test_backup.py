"""Copies of a store that others write to finish, and are a snapshot of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path
from threading import Event, Thread

import pytest

from server.store.database import backup
from server.store.database.engine import Database

URL = "sqlite:///bangtin.db"
LARGE = 9_000_000  # twice the size of one step of a copy in steps


@pytest.fixture
def large(tmp_path: Path) -> Path:
    db = Database.open(URL, tmp_path)
    db.migrate()
    db.close()
    file = tmp_path / "bangtin.db"
    with closing(sqlite3.connect(file)) as conn, conn:
        conn.execute("CREATE TABLE load (body BLOB)")
        conn.execute("CREATE TABLE pairs (one INTEGER, other INTEGER)")
        conn.execute("INSERT INTO load VALUES (zeroblob(?))", (LARGE,))
        conn.execute("INSERT INTO pairs VALUES (0, 0)")
    return file


@contextmanager
def written_to(file: Path) -> Iterator[list[int]]:
    """A thread commits continuously; the list holds the number of its commits."""
    begun, enough, commits = Event(), Event(), [0]

    def write() -> None:
        with closing(sqlite3.connect(file, isolation_level=None)) as conn:
            conn.execute("PRAGMA synchronous=OFF")
            while not enough.is_set():
                conn.execute("UPDATE pairs SET one = one + 1, other = other + 1")
                commits[0] += 1
                begun.set()

    writer = Thread(target=write)
    writer.start()
    try:
        assert begun.wait(10)
        yield commits
    finally:
        enough.set()
        writer.join()


def test_a_copy_is_complete_while_others_keep_committing(large: Path, tmp_path: Path) -> None:
    target = tmp_path / "copy"
    with written_to(large) as commits:
        before = commits[0]
        backup.copy(URL, tmp_path, target)
        assert commits[0] > before  # the copy blocked no writer
    backup.check(target)
    with closing(sqlite3.connect(target)) as conn:
        assert conn.execute("SELECT length(body) FROM load").fetchall() == [(LARGE,)]
        ((one, other),) = conn.execute("SELECT one, other FROM pairs")
    assert before <= one == other <= commits[0]


def test_commits_during_a_copy_do_not_restart_it(
    large: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[int] = []

    class Watched(sqlite3.Connection):
        def backup(self, target: sqlite3.Connection, *, pages: int = -1, **_: object) -> None:
            super().backup(target, pages=pages, progress=commit)

    def commit(_status: int, remaining: int, _total: int) -> None:
        steps.append(remaining)
        assert len(steps) < 20, "the copy restarts for ever"
        with closing(plain(large)) as conn, conn:
            conn.execute("UPDATE pairs SET one = one + 1, other = other + 1")

    plain = sqlite3.connect
    monkeypatch.setattr(sqlite3, "connect", partial(plain, factory=Watched))
    backup.copy(URL, tmp_path, tmp_path / "copy")
    assert steps[-1] == 0
