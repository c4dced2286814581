"""Copies of a running store, and a store put back from one; called by the command line and the worker.

SQLite is copied by its own online backup, so writers go on; PostgreSQL by its own pg_dump. Whoever puts a store back
renews its epoch (server.store.database.revision): screens then know that lower revisions are not old news.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from server.store.database.errors import StoreCorrupt, StoreUnavailable, translated

DUMP_SECONDS = 3_600


def file_of(url: str, data: Path) -> Path | None:
    """SQLite's file; None for another database."""
    parsed = make_url(url)
    return data / str(parsed.database) if parsed.drivername == "sqlite" else None


def copy(url: str, data: Path, target: Path) -> None:
    """Writes a whole and checked copy to ``target``. Raises StoreError, and then leaves nothing behind."""
    source = file_of(url, data)
    try:
        if source is None:
            _postgres("pg_dump", url, "--format=custom", f"--file={target}")
        else:
            _copy_sqlite(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def put_back(url: str, data: Path, copied: Path) -> None:
    """Makes the store what ``copied`` is. Raises StoreError; the old store is then untouched."""
    target = file_of(url, data)
    if target is None:
        _postgres("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(copied))
        return
    check(copied)
    beside = target.with_name(f".{target.name}-restoring")
    try:
        # The store may lie on another disk than ``copied``: a file is only exchanged for one of its own disk.
        shutil.copyfile(copied, beside)
        beside.chmod(0o600)
        for end in ("-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        beside.replace(target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        raise StoreUnavailable(f"Không ghi được {target}: {error.strerror}") from error


def check(file: Path) -> None:
    """Raises StoreCorrupt where ``file`` is not a whole store of ours."""
    with translated(), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        found = [row[0] for row in conn.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"] or conn.execute("SELECT count(*) FROM store").fetchone() != (1,):
            raise StoreCorrupt(f"Bản sao hỏng: {'; '.join(found)}")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise StoreUnavailable(f"Chưa có cơ sở dữ liệu {source}")
    with translated(), closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(target)) as made:
        # In one step: whatever commits between two steps makes SQLite begin again, and receipts commit all the time.
        # It reads one snapshot of the log meanwhile, which keeps no writer waiting.
        running.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode=DELETE")
    check(target)


def _postgres(program: str, url: str, *arguments: str) -> None:
    """One of PostgreSQL's own programs; the password goes by the environment, never by the command line."""
    parsed = make_url(url)
    plain = parsed.set(drivername="postgresql", password=None).render_as_string()
    password = {"PGPASSWORD": parsed.password} if parsed.password else {}
    try:
        done = subprocess.run(
            [program, f"--dbname={plain}", *arguments],
            env={**os.environ, **password}, capture_output=True, text=True, timeout=DUMP_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise StoreUnavailable(
            f"Cần chương trình {program} của PostgreSQL (apt install postgresql-client)"
        ) from error
    if done.returncode:
        raise StoreUnavailable(f"{program}: {done.stderr.strip()[-300:]}")
