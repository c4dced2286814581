"""Opens and migrates the database and provides transactions; used by setup, processes, cli and server.store."""

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

import structlog
from sqlalchemy import URL, Connection, Engine, create_engine, event, inspect, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError
from sqlalchemy.pool import QueuePool

from server.store.database import migrate
from server.store.database.error_translation import translated
from server.store.database.errors import StoreUnavailable

log = structlog.get_logger("store")
BUSY_TIMEOUT = timedelta(seconds=5)
SHORT_PATIENCE = timedelta(milliseconds=50)
_BEGIN = "bangtin_begin"  # execution option: the statement that opens a transaction on SQLite
_PATIENCE = "bangtin_patience"  # execution option: milliseconds that this transaction waits for a lock


class Database:
    """A pool of connections to one database, shared between threads.

    Errors of the database are raised as StoreError, or as Unstorable for a value that the database cannot hold.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        # BEGIN IMMEDIATE waits for the write lock. A transaction that reads first and then writes would fail without
        # waiting if another one wrote in between.
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
        except (ArgumentError, ValueError):
            # Neither the URL nor the cause is named, because both may contain the password.
            raise ValueError("store url not understood") from None
        if parsed.drivername == "sqlite" and parsed.database:
            return cls(_sqlite(parsed, data, busy_timeout))
        if parsed.drivername == "postgresql+psycopg":
            return cls(_postgres(parsed, busy_timeout))
        raise ValueError(f"store url is neither sqlite:///FILE nor postgresql+psycopg://: {parsed!r}")

    def is_made(self) -> bool:
        """Whether the database holds the tables of this program, of any version. Connects, but creates no tables."""
        with self.read() as conn:
            return inspect(conn).has_table("store")

    def migrate(self) -> None:
        """Create the tables, or upgrade them to this program's version. One process does it while others wait.

        Raises StoreUnavailable for tables that a newer version of this program has made.
        """
        with translated():
            _keep_private(self._engine)
            _enable_wal(self._engine)
        with self.read() as conn:
            if migrate.is_current(conn):
                return  # a starting process must not wait for the write lock, which others may hold
        with self.write() as conn:
            migrate.upgrade(conn)

    def close(self) -> None:
        """Close every connection that is not in use; closing the last one writes SQLite's WAL back into the file."""
        with translated():
            self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction for reading, for the block of a ``with`` statement; it never waits for a writer."""
        with translated(), self._engine.begin() as conn:
            yield conn

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a transaction for writing, for the block of a ``with`` statement.

        It is committed (with fsync) at the end of the block, or rolled back if the block raises. Raises StoreBusy if
        a lock is not free within the busy timeout: on SQLite the one write lock, at the beginning; on PostgreSQL the
        lock that a statement needs.
        """
        with translated(), self._writer.begin() as conn:
            yield conn

    @contextmanager
    def write_if_free(self, patience: timedelta = SHORT_PATIENCE) -> Iterator[Connection]:
        """Like ``write``, but raises StoreBusy if the lock is not free within ``patience``.

        It is meant for minor values, such as when a token was last used, whose writing must not delay a request.
        """
        milliseconds = round(patience.total_seconds() * 1000)
        hurried = self._writer.execution_options(**{_PATIENCE: milliseconds})
        with translated(), hurried.begin() as conn:
            if self.dialect == "postgresql":
                conn.exec_driver_sql(f"SET LOCAL lock_timeout = {milliseconds}")
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
    event.listen(engine, "begin", partial(_begin_sqlite, usual=round(busy_timeout.total_seconds() * 1000)))
    return engine


def _keep_private(engine: Engine) -> None:
    """Let only the owner read and write SQLite's files, which hold names, addresses and hashes of passwords.

    Creates the main file if it is missing; SQLite then gives the files -wal and -shm the mode of the main file.
    """
    if engine.dialect.name != "sqlite" or not engine.url.database:
        return
    file = Path(engine.url.database)
    try:
        os.close(os.open(file, os.O_RDWR | os.O_CREAT, 0o600))
        for one in (file, Path(f"{file}-wal"), Path(f"{file}-shm")):
            if one.exists() and one.stat().st_mode & 0o077:
                one.chmod(0o600)
    except OSError as error:
        # The file belongs to another user. If it cannot be used, the first transaction raises StoreUnavailable.
        log.warning("store readable by others", file=str(file), error=str(error))


def _prepare_sqlite(connection: DBAPIConnection, _record: object) -> None:
    # Invalid UTF-8 in a text is read as U+FFFD. By default, one such value makes the whole query fail.
    connection.text_factory = partial(str, encoding="utf-8", errors="replace")
    cursor = connection.cursor()
    # recursive_triggers: without it INSERT OR REPLACE would delete audit rows without running their DELETE trigger.
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(conn: Connection, *, usual: int) -> None:
    """Begin a transaction on SQLite with the statement in the execution option ``_BEGIN``; no statement if it is "".

    The execution option ``_PATIENCE`` is how many milliseconds the transaction's statements wait for a lock, by
    default ``usual``.
    """
    options = conn.get_execution_options()
    wanted = options.get(_PATIENCE, usual)
    if conn.info.get(_PATIENCE, usual) != wanted:  # conn.info lasts as long as the pooled connection
        conn.exec_driver_sql(f"PRAGMA busy_timeout={wanted}")
        conn.info[_PATIENCE] = wanted
    if begin := options.get(_BEGIN, "BEGIN"):
        conn.exec_driver_sql(begin)


def _enable_wal(engine: Engine) -> None:
    """Turn on WAL, so that readers do not wait for the writer; SQLite stores this mode in the file.

    If two processes switch a new file at the same time, each holds a lock that the other needs, and SQLite fails
    without waiting (in a test, at 4 of 30 starts). A lock on the folder lets one process at a time switch the mode.
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
    engine = _engine(
        url,
        busy_timeout,
        {
            "connect_timeout": 5,
            # Without these options, a query to a database server that has disappeared blocks for 15 minutes.
            "keepalives_idle": 5,
            "keepalives_interval": 2,
            "keepalives_count": 3,
            "tcp_user_timeout": 10_000,
            "options": f"-c lock_timeout={milliseconds} -c timezone=UTC",
        },
        pre_ping=True,  # after a restart of the database server, reconnect instead of failing
    )
    event.listen(engine, "connect", _prepare_postgres)
    return engine


def _prepare_postgres(connection: DBAPIConnection, _record: object) -> None:
    """Make psycopg return a time that Python cannot represent ("infinity", the year 20000) as text.

    By default psycopg raises DataError for such a time, and the whole query fails. The column type Utc turns the
    text into UNREADABLE.
    """
    from psycopg import DataError
    from psycopg.types.datetime import TimestamptzLoader

    class DefensiveLoader(TimestamptzLoader):
        def load(self, data: Any) -> Any:
            try:
                return super().load(data)
            except DataError:
                return str(bytes(data), "ascii", "replace")

    connection.adapters.register_loader("timestamptz", DefensiveLoader)


def _engine(url: URL, busy_timeout: timedelta, connect_args: dict[str, object], *, pre_ping: bool = False) -> Engine:
    return create_engine(
        url,
        connect_args=connect_args,
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=30,  # many greenlets read at once: the default, 5 and 10, was not enough
        pool_timeout=busy_timeout.total_seconds(),
        pool_pre_ping=pre_ping,
        json_serializer=partial(json.dumps, ensure_ascii=False, separators=(",", ":")),
    )
