"""A restore that is interrupted, or cannot replace everything; the command is tested in tests/cli/test_backup.py."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import sqlite3
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from server.setup import backup_file
from server.setup.backup_file import Unusable, exchange
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.notices import notices
from server.store.sources import sources
from tests import cast
from tests.cast import AREAS, BOARDS, NOW, SOURCES

URL = "sqlite:///bangtin.db"
FORK = multiprocessing.get_context("fork")
CHANGES = ("os.rename", "os.remove", "shutil.copyfile", "sqlite3.connect")


def _post(data: Path, headline: str) -> None:
    """Posts a notice and ends as if killed, so that the notice is only in the WAL."""
    notices.post(Database.open(URL, data), cast.notice(headline=headline), actor="lan", now=NOW)
    os._exit(0)


def _restore_until(data: Path, backup: Path, change: int) -> None:
    """Restores, and kills itself just before it makes its change number ``change`` to the files in ``data``."""
    left = change

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        nonlocal left
        paths = [str(one) for one in arguments]
        if event in CHANGES and any(str(data) in path and ".restoring-" not in path for path in paths):
            left -= 1
            if left < 0:
                os.kill(os.getpid(), signal.SIGKILL)

    sys.addaudithook(hook)
    backup_file.restore(URL, data, backup, NOW)
    os._exit(0)


def _ended(target: Callable[..., None], *arguments: object) -> int | None:
    process = FORK.Process(target=target, args=arguments)
    process.start()
    process.join()
    return process.exitcode


def _content(data: Path) -> tuple[list[str], str]:
    """The headlines of the live notices, and the epoch."""
    db = Database.open(URL, data)
    found = [one.headline for one in notices.live(db, NOW)], revision.epoch(db)
    db.close()
    return found


@pytest.fixture
def former(tmp_path: Path) -> Path:
    """A data folder whose store has one notice in its file, as the backup does, and another one only in its WAL."""
    data = tmp_path / "former"
    db = Database.open(URL, data)
    db.migrate()
    sources.seed(db, areas=AREAS, sources=SOURCES, boards=BOARDS, now=NOW)
    notices.post(db, cast.notice(headline="Bão số 1"), actor="lan", now=NOW)
    db.close()
    backup_file.write(URL, data, tmp_path / "backup", NOW, media=False)
    assert _ended(_post, data, "Bão số 2") == 0
    assert (data / "bangtin.db-wal").stat().st_size > 0
    return data


def test_a_restore_that_is_killed_leaves_the_former_store_or_the_restored_one_whole(
    former: Path, tmp_path: Path
) -> None:
    before = ["Bão số 1", "Bão số 2"], _epoch_in_file(former)
    change, ended = 0, None
    while ended != 0:
        data = tmp_path / f"killed-{change}"
        shutil.copytree(former, data)
        ended = _ended(_restore_until, data, tmp_path / "backup", change)
        assert ended in (0, -signal.SIGKILL)
        headlines, epoch = _content(data)
        restored = headlines == ["Bão số 1"] and epoch != before[1]
        assert restored if ended == 0 else restored or (headlines, epoch) == before, (change, headlines, epoch)
        change += 1
    assert change > 3


def _epoch_in_file(data: Path) -> str:
    with closing(sqlite3.connect(f"file:{data / 'bangtin.db'}?mode=ro&immutable=1", uri=True)) as conn:
        (found,) = conn.execute("SELECT epoch FROM store").fetchone()
        return str(found)


def test_a_store_that_another_process_has_open_is_not_replaced(former: Path, tmp_path: Path) -> None:
    """A desk whose server was killed does not hold the lock of the data folder."""
    db = Database.open(URL, former)
    with db.read() as conn:
        conn.exec_driver_sql("SELECT 1 FROM store")
    with pytest.raises(StoreError, match="đang mở"):
        backup_file.restore(URL, former, tmp_path / "backup", NOW)
    assert [one.headline for one in notices.live(db, NOW)] == ["Bão số 1", "Bão số 2"]
    db.close()


def test_a_folder_whose_replacement_cannot_be_moved_is_moved_back(tmp_path: Path) -> None:
    there, kept = tmp_path / "keys", tmp_path / "before"
    there.mkdir()
    kept.mkdir()
    (there / "desk").write_text("secret", encoding="utf-8")
    with pytest.raises(Unusable, match="không thay được thư mục"):
        exchange(there, tmp_path / "gone", kept)
    assert (there / "desk").read_text(encoding="utf-8") == "secret"
    assert not (kept / "keys").exists()
