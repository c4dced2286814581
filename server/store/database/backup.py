"""Copies a running store and restores it from a copy; called by setup, cli.stores and processes.server.

SQLite is copied by its online backup, which does not block writers; PostgreSQL by pg_dump. A restored store needs a
new epoch (server.store.database.revision): screens accept a lower revision only together with a new epoch. The caller
gives one to a copy of SQLite before it is restored; PostgreSQL gets one in the transaction that restores the copy.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from contextlib import closing
from pathlib import Path

from sqlalchemy import make_url

from server.store.database.error_translation import translated
from server.store.database.errors import StoreBusy, StoreCorrupt, StoreUnavailable

DUMP_SECONDS = 3_600
# The first bytes of a copy: see sqlite.org/fileformat.html, and the custom format of pg_dump.
_BEGINS = {"sqlite": b"SQLite format 3\x00", "postgresql": b"PGDMP"}

# A script of pg_restore empties the search path.
_NEW_EPOCH = "RESET search_path; UPDATE store SET epoch = left(replace(gen_random_uuid()::text, '-', ''), 16)"


def file_of(url: str, data: Path) -> Path | None:
    """The path of a SQLite database's file, which ``url`` names relative to ``data``; None for PostgreSQL."""
    parsed = make_url(url)
    return data / str(parsed.database) if parsed.drivername == "sqlite" else None


def name_of(url: str, data: Path) -> str:
    """The name of the store in messages to people: the path of its SQLite file, or its URL with a hidden password."""
    file = file_of(url, data)
    return str(file) if file is not None else make_url(url).render_as_string(hide_password=True)


def copy(url: str, data: Path, target: Path) -> None:
    """Write a complete copy of the store to the file ``target``; a copy of SQLite is checked for damage.

    Raises StoreError, and then leaves no file at ``target``.
    """
    source = file_of(url, data)
    try:
        if source is None:
            _run("pg_dump", *_connection(url), "--format=custom", f"--file={target}", url=url)
        else:
            _copy_sqlite(source, target)
    except BaseException:
        target.unlink(missing_ok=True)
        raise


def restore(url: str, data: Path, copied: Path) -> None:
    """Replace the store by the copy in the file ``copied``.

    Raises StoreError, also if another process has a SQLite store open, and then leaves the content of the old store
    unchanged. After an interruption, the store is the complete old or the complete new one. A damaged old store is
    replaced too: the caller must have copied it if it is still needed.
    """
    target = file_of(url, data)
    if target is None:
        _restore_postgres(url, data, copied)
        return
    check(copied)
    fresh = target.with_name(f".{target.name}-restoring")
    try:
        # ``copied`` may be on another disk, and only a file on the same disk can replace ``target`` atomically.
        durable_copy(copied, fresh)
        # SQLite would apply the old WAL to the new file.
        _write_wal_back(target)
        for end in ("-wal", "-shm"):
            target.with_name(target.name + end).unlink(missing_ok=True)
        fresh.replace(target)
        _sync(target.parent)
    except OSError as error:
        raise StoreUnavailable(f"Không ghi được {target}: {error.strerror}") from error
    finally:
        fresh.unlink(missing_ok=True)


def durable_copy(source: Path, target: Path) -> None:
    """Copy a file, with mode 0600, so that the copy outlasts a power failure. Raises OSError."""
    shutil.copyfile(source, target)
    target.chmod(0o600)
    _sync(target)


def _sync(path: Path) -> None:
    opened = os.open(path, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _write_wal_back(file: Path) -> None:
    """Write the WAL of a SQLite store into its main file, so that this file alone holds the whole store.

    A damaged store is left unchanged. Raises StoreUnavailable if another process has the store open.
    """
    if not file.exists():
        return
    try:
        with translated(), closing(sqlite3.connect(file)) as conn:
            conn.execute("PRAGMA journal_mode=DELETE")
    except StoreBusy as error:
        raise StoreUnavailable(
            f"Một chương trình khác đang mở {file}: hãy dừng nó rồi khôi phục. Chưa đổi gì."
        ) from error
    except StoreCorrupt:
        return


def kind_of(file: Path) -> str:
    """The database that made a copy, judged by its first bytes: "sqlite", "postgresql", or "" for any other file.

    Raises OSError if the file cannot be read.
    """
    with file.open("rb") as opened:
        head = opened.read(16)
    return next((kind for kind, begins in _BEGINS.items() if head.startswith(begins)), "")


def check(file: Path) -> None:
    """Check that a SQLite file is an undamaged store of this program.

    Raises StoreCorrupt if it is damaged, or another StoreError if it has no table ``store``.
    """
    with translated(), closing(sqlite3.connect(f"file:{file}?mode=ro", uri=True)) as conn:
        found = [row[0] for row in conn.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"] or conn.execute("SELECT count(*) FROM store").fetchone() != (1,):
            raise StoreCorrupt(f"Bản sao hỏng: {'; '.join(found)}")


def _copy_sqlite(source: Path, target: Path) -> None:
    if not source.exists():
        raise StoreUnavailable(f"Chưa có cơ sở dữ liệu {source}")
    with translated(), closing(sqlite3.connect(source)) as running, closing(sqlite3.connect(target)) as made:
        # Copy all pages in one step: if another connection commits between two steps, SQLite starts again, and a
        # running server commits every few seconds. The step reads one snapshot of the WAL, so writers do not wait.
        running.backup(made, pages=-1)
        made.execute("PRAGMA journal_mode=DELETE")
    check(target)


def _restore_postgres(url: str, data: Path, copied: Path) -> None:
    """Replace the content of the PostgreSQL database by the copy and give it a new epoch, in one transaction.

    If the epoch came in a second transaction and the first alone was committed before a crash, screens would refuse
    the restored revisions, which are lower than theirs. pg_restore cannot add a statement to its transaction, so it
    only writes the script, into ``data``, and psql runs both.
    """
    with tempfile.TemporaryDirectory(dir=data, prefix=".restoring-") as folder:
        script = f"{folder}/restore.sql"
        _run("pg_restore", "--clean", "--if-exists", "--no-owner", f"--file={script}", str(copied))
        options = ("--no-psqlrc", "--quiet", "--output=/dev/null", "--set=ON_ERROR_STOP=1", "--single-transaction")
        _run("psql", *_connection(url), *options, f"--file={script}", f"--command={_NEW_EPOCH}", url=url)


def _connection(url: str) -> tuple[str, ...]:
    """The command-line option that tells PostgreSQL's programs the database; it does not contain the password."""
    return (f"--dbname={make_url(url).set(drivername='postgresql', password=None).render_as_string()}",)


def _run(program: str, *arguments: str, url: str = "") -> None:
    """Run ``program``, one of PostgreSQL's programs. Raises StoreUnavailable if it is missing or fails.

    The password in ``url`` is passed in the environment, because other users of the machine can read command lines.
    """
    password = make_url(url).password if url else None
    try:
        done = subprocess.run(
            [program, *arguments],
            env={**os.environ, **({"PGPASSWORD": password} if password else {})},
            capture_output=True, text=True, timeout=DUMP_SECONDS, check=False,
        )  # fmt: skip
    except FileNotFoundError as error:
        raise StoreUnavailable(
            f"Cần chương trình {program} của PostgreSQL (apt install postgresql-client)"
        ) from error
    except subprocess.TimeoutExpired as error:
        raise StoreUnavailable(f"{program} chưa xong sau {DUMP_SECONDS // 60} phút nên đã dừng") from error
    if done.returncode:
        raise StoreUnavailable(f"{program}: {done.stderr.strip()[-300:]}")
