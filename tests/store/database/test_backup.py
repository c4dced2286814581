"""Copying a store while others write to it comes to an end, and the copy is a snapshot of one moment."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from threading import Event, Thread

import pytest

from server.store.database import backup
from server.store.database.engine import Database

URL = "sqlite:///bangtin.db"
LARGE = 9_000_000  # bytes, twice the size of one step of SQLite's backup


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
    """Runs a thread that commits continuously while the block runs.

    Yields a list whose only element is the number of its commits so far.
    """
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


@pytest.mark.timeout(60)
def test_a_copy_is_complete_while_others_keep_committing(large: Path, tmp_path: Path) -> None:
    """SQLite restarts a copy in several steps at each commit between two of them, so that one would never end."""
    target = tmp_path / "copy"
    with written_to(large) as commits:
        before = commits[0]
        backup.copy(URL, tmp_path, target)
        assert commits[0] > before  # the copy did not block the writer
    backup.check(target)
    with closing(sqlite3.connect(target)) as conn:
        assert conn.execute("SELECT length(body) FROM load").fetchall() == [(LARGE,)]
        ((one, other),) = conn.execute("SELECT one, other FROM pairs")
    assert before <= one == other <= commits[0]
