"""Copies a running store and restores it from a copy; called by server.setup.backup_file.

SQLite is copied by its online backup, which does not block writers, PostgreSQL by pg_dump. After a restore the caller
renews the epoch (server.store.database.revision), so that screens accept lower revisions.
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
    """The file of a SQLite database; None for PostgreSQL."""
    parsed = make_url(url)
    return data / str(parsed.database) if parsed.drivername == "sqlite" else None


def copy(url: str, data: Path, target: Path) -> None:
    """Write a complete, checked copy to ``target``. Raises StoreError, leaving no file behind."""
    source = file_of(url, data)
    try:
        if source is None:
            _postgres("pg_dump", url, "--format=custom", f"--file={target}")
        else:
            _copy_sqlite(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def restore(url: str, data: Path, copied: Path) -> None:
    """Replace the store by ``copied``. Raises StoreError, leaving the old store unchanged."""
    target = file_of(url, data)
    if target is None:
        _postgres("pg_restore", url, "--clean", "--if-exists", "--no-owner", "--single-transaction", str(copied))
        return
    check(copied)
    fresh = target.with_name(f".{target.name}-restoring")
    try:
        # ``copied`` may be on another disk, and a file is replaced atomically only by one on the same disk.
        shutil.copyfile(copied, fresh)
        fresh.chmod(0o600)
        for end in ("-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        fresh.replace(target)
    except OSError as error:
        fresh.unlink(missing_ok=True)
        raise StoreUnavailable(f"Không ghi được {target}: {error.strerror}") from error


def check(file: Path) -> None:
    """Raises StoreCorrupt if ``file`` is damaged or not a store of this program."""
    with translated(), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        found = [row[0] for row in conn.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"] or conn.execute("SELECT count(*) FROM store").fetchone() != (1,):
            raise StoreCorrupt(f"Bản sao hỏng: {'; '.join(found)}")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise StoreUnavailable(f"Chưa có cơ sở dữ liệu {source}")
    with translated(), closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(target)) as made:
        # In one step: a commit between two steps makes SQLite start again, and receipts commit all the time.
        # The step reads one snapshot of the WAL, so writers do not wait.
        running.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode=DELETE")
    check(target)


def _postgres(program: str, url: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs, with the password in its environment, not on the command line."""
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
