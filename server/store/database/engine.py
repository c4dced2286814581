"""Opens and migrates the database and provides transactions; used by setup, the processes and all of the store."""

from __future__ import annotations

import fcntl
import json
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from server.store.database import migrate
from server.store.database.errors import StoreUnavailable, translated

BUSY_TIMEOUT = timedelta(seconds=5)
_BEGIN = "bangtin_begin"  # execution option: the statement that opens a transaction on SQLite


class Database:
    """A pool of connections to one database, shared between threads. Raises only ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # IMMEDIATE waits for the write lock; a transaction that turns from reading to writing would fail at once.
        self._writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self.dialect: str = engine.dialect.name

    @classmethod
    def open(cls, url: str, data: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> Self:
        """Create the folder ``data`` if it is missing and prepare the pool, which connects when first used.

        ``url`` is ``sqlite:///FILE`` (relative to ``data``) or ``postgresql+psycopg://…``. Transactions wait
        ``busy_timeout`` for a lock, then raise StoreBusy. Raises StoreUnavailable if ``data`` is not writable,
        ValueError for any other URL.
        """
        _need_writable(data)
        try:
            parsed = make_url(url)
        except ArgumentError as error:
            raise ValueError(f"store url not understood: {url!r}") from error
        if parsed.drivername == "sqlite" and parsed.database:
            return cls(_sqlite(parsed, data, busy_timeout))
        if parsed.drivername == "postgresql+psycopg":
            return cls(_postgres(parsed, busy_timeout))
        raise ValueError(f"store url is neither sqlite:///FILE nor postgresql+psycopg://: {parsed!r}")

    def migrate(self) -> None:
        """Upgrade the tables to this program's version; of several processes at once one does it, the others wait."""
        with translated():
            _enable_wal(self._engine)
        with self.write() as conn:
            migrate.upgrade(conn)

    def close(self) -> None:
        """Close every connection that is not in use; closing the last one writes SQLite's WAL back into the file."""
        with translated():
            self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction for reading, which never waits for a writer."""
        with translated(), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction for writing, committed (with fsync) at the end of the block, rolled back if it raises."""
        with translated(), self._writer.begin() as conn:
            yield conn


def _need_writable(data: Path) -> None:
    try:
        data.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=data):
            pass
    except OSError as error:
        raise StoreUnavailable(f"Không ghi được vào thư mục dữ liệu {data}: {error.strerror}") from error


def _sqlite(url: URL, data: Path, busy_timeout: timedelta) -> Engine:
    path = data / str(url.database)
    _need_writable(path.parent)
    engine = _engine(
        url.set(database=str(path)),
        busy_timeout,
        # The driver must open no transactions of its own: it would begin them late and never as IMMEDIATE.
        {"isolation_level": None, "check_same_thread": False, "timeout": busy_timeout.total_seconds()},
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    # recursive_triggers: without it INSERT OR REPLACE could delete audit rows without running the triggers.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    if begin := conn.get_execution_options().get(_BEGIN, "BEGIN"):
        conn.exec_driver_sql(begin)


def _enable_wal(engine: Engine) -> None:
    """Turn on WAL, so that readers do not wait for the writer; SQLite stores this mode in the file.

    If two processes switch a new file at once, each holds a lock that the other waits for, and SQLite fails without
    waiting (4 of 30 starts did): a lock on the folder lets one process at a time do it.
    """
    if engine.dialect.name != "sqlite":
        return
    folder = os.open(Path(str(engine.url.database)).parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        with engine.execution_options(**{_BEGIN: ""}).connect() as conn:
            conn.exec_driver_sql("PRAGMA journal_mode=WAL")
    finally:
        os.close(folder)


def _postgres(url: URL, busy_timeout: timedelta) -> Engine:
    milliseconds = round(busy_timeout.total_seconds() * 1000)
    return _engine(
        url,
        busy_timeout,
        {
            "connect_timeout": 5,
            # Without these, a query to a server that disappeared blocks for a quarter of an hour, and each tick too.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": f"-c lock_timeout={milliseconds} -c timezone=UTC",
        },
        pre_ping=True,  # after a restart of the database server, reconnect instead of failing
    )


def _engine(url: URL, busy_timeout: timedelta, connect_args: dict[str, object], *, pre_ping: bool = False) -> Engine:
    return create_engine(
        url,
        connect_args=connect_args,
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=30,  # many greenlets read at once; the default of 5 + 10 was exhausted
        pool_timeout=busy_timeout.total_seconds(),
        pool_pre_ping=pre_ping,
        json_serializer=partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
    )
