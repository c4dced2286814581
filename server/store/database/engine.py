"""The way into the database: opens it, migrates it, hands out transactions; used by assembly and all of the store."""

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
from typing import Any, Self

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from server.store.database import migrate
from server.store.database.errors import StoreUnavailable, translated

BUSY_TIMEOUT = timedelta(seconds=5)
_BEGIN = "bangtin_begin"  # the execution option that says how SQLite opens a transaction


class Database:
    """A pool of connections to one store; safe to share between threads. Raises only ``StoreError``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # IMMEDIATE takes the lock while waiting is still possible; a reader that turns writer fails at once.
        self._writer = engine.execution_options(**{_BEGIN: "BEGIN IMMEDIATE"})
        self.dialect: str = engine.dialect.name

    @classmethod
    def open(cls, url: str, data: Path, *, busy_timeout: timedelta = BUSY_TIMEOUT) -> Self:
        """Make ``data`` where it is missing and prepare the pool; connects only when first used.

        ``url`` is ``sqlite:///FILE`` (relative to ``data``) or ``postgresql+psycopg://…``. A lock is waited for
        ``busy_timeout``, then ``StoreBusy``. Raises StoreUnavailable where ``data`` cannot be written, ValueError
        for any other kind of address.
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
        """Bring the tables to this program's version; of several processes at once one works and the others wait."""
        with translated():
            _turn_log_on(self._engine)
        with self.write() as conn:
            migrate.upgrade(conn)

    def close(self) -> None:
        """Close every connection that is not in use; the last one folds SQLite's log into the file."""
        with translated():
            self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """A transaction for reading: never waits for a writer."""
        with translated(), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that writes, committed (with fsync) at the end of the block, undone when it raises."""
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
    engine = create_engine(
        url.set(database=str(path)),
        # The driver must open no transactions of its own: it would begin them late and never as IMMEDIATE.
        connect_args={
            "isolation_level": None,
            "check_same_thread": False,
            "timeout": busy_timeout.total_seconds(),
        },
        **_pool(busy_timeout),
    )
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    cursor = connection.cursor()
    # recursive_triggers: without it INSERT OR REPLACE deletes a row of the audit and no trigger sees it.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection) -> None:
    if begin := conn.get_execution_options().get(_BEGIN, "BEGIN"):
        conn.exec_driver_sql(begin)


def _turn_log_on(engine: Engine) -> None:
    """Let readers and a writer work side by side: WAL, which SQLite remembers in the file.

    Two processes that switch a new file at once both hold a lock that the other waits for, and SQLite gives up
    without waiting (4 of 30 starts failed so): a lock on the folder makes them take turns.
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
    return create_engine(
        url,
        connect_args={
            "connect_timeout": 5,
            # A machine that vanishes without a word would be waited for a quarter of an hour, and every tick with it.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": f"-c lock_timeout={milliseconds} -c timezone=UTC",
        },
        pool_pre_ping=True,  # a restarted database server costs a reconnect, not an error
        **_pool(busy_timeout),
    )


def _pool(busy_timeout: timedelta) -> dict[str, Any]:
    return {
        "poolclass": QueuePool,
        "pool_size": 10,
        "max_overflow": 30,  # many greenlets read at once; the default of 5 + 10 ran dry
        "pool_timeout": busy_timeout.total_seconds(),
        "json_serializer": partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
    }
