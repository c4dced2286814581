"""The errors that the store raises, and their translation from SQLAlchemy's; used by engine, backup and all callers.

    StoreError              the store failed: the caller keeps the data it has and reports the error
    ├── StoreBusy           another transaction held the lock for too long: try again
    ├── StoreUnavailable    cannot be used as configured: no such database, no permission, made by a newer version
    │   └── StoreAway       unreachable at the moment, or full: recovers without a change of configuration
    └── StoreCorrupt        the file is not a valid database any more
    StoreRefusal            the store works, but the change is not possible
    ├── NotFound            there is no such row
    ├── NotLive             the row has ended already
    └── Conflict            the row has changed since it was read

Messages are Vietnamese: keepers read them on the console, editors at the desk.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from alembic.util import CommandError
from sqlalchemy import exc


class StoreError(Exception):
    """The store failed; ``str()`` is a Vietnamese sentence."""


class StoreBusy(StoreError):  # noqa: N818 - the name says what is wrong
    """A lock was held longer than the busy timeout; nothing was written, and trying again may help."""


class StoreUnavailable(StoreError):  # noqa: N818 - the name says what is wrong
    """The database cannot be reached, read or written; nothing was written."""


class StoreAway(StoreUnavailable):
    """The database does not answer, is starting or stopping, or its disk is full: waiting may help."""


class StoreCorrupt(StoreError):  # noqa: N818 - the name says what is wrong
    """The database file or its pages are damaged; only restoring a backup helps."""


class StoreRefusal(Exception):  # noqa: N818 - the name says what is wrong
    """The change is not possible on the row as it is; ``str()`` is a Vietnamese sentence."""


class NotFound(StoreRefusal):
    """There is no such row."""


class NotLive(StoreRefusal):
    """The row is withdrawn, cleared, expired or not yet on air."""


class Conflict(StoreRefusal):
    """Somebody else has changed the row since it was read; ``theirs`` is the row now. Nothing was written."""

    def __init__(self, sentence: str, theirs: Any) -> None:
        super().__init__(sentence)
        self.theirs = theirs


BUSY = "Cơ sở dữ liệu đang bận, xin thử lại"
UNAVAILABLE = "Không dùng được cơ sở dữ liệu"
CORRUPT = "Cơ sở dữ liệu bị hỏng, cần khôi phục từ bản sao lưu"

# Primary result codes of SQLite (sqlite.org/rescode.html); extended codes carry them in the low byte.
_SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_PERM: StoreUnavailable,
    sqlite3.SQLITE_READONLY: StoreUnavailable,
    sqlite3.SQLITE_IOERR: StoreAway,
    sqlite3.SQLITE_FULL: StoreAway,
    sqlite3.SQLITE_CANTOPEN: StoreUnavailable,
    sqlite3.SQLITE_CORRUPT: StoreCorrupt,
    sqlite3.SQLITE_NOTADB: StoreCorrupt,
}

# SQLSTATE, whole or its class (PostgreSQL manual, appendix A).
_POSTGRES: dict[str, type[StoreError]] = {
    "55P03": StoreBusy,  # lock_not_available: lock_timeout
    "40P01": StoreBusy,  # deadlock_detected
    "40001": StoreBusy,  # serialization_failure
    "57014": StoreBusy,  # query_canceled: statement_timeout
    "XX001": StoreCorrupt,  # data_corrupted
    "XX002": StoreCorrupt,  # index_corrupted
    "08": StoreAway,  # connection exceptions
    "28": StoreUnavailable,  # invalid authorization
    "3D": StoreUnavailable,  # invalid catalog name
    "53": StoreAway,  # insufficient resources, disk full among them
    "57": StoreAway,  # operator intervention: shutdown
    "58": StoreAway,  # system errors
}

_SENTENCE: dict[type[StoreError], str] = {
    StoreBusy: BUSY,
    StoreUnavailable: UNAVAILABLE,
    StoreAway: UNAVAILABLE,
    StoreCorrupt: CORRUPT,
    StoreError: "Lỗi cơ sở dữ liệu",
}


def _kind(cause: BaseException | None, *, connection: bool) -> type[StoreError]:
    """The error for a driver's exception; ``connection``: the connection to the server failed.

    Drivers are recognised by attributes of their exceptions, because importing PostgreSQL's takes 0.1 s and most
    stores are SQLite.
    """
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)  # missing if Python's module raised it, not SQLite
        return _SQLITE.get(code & 0xFF, StoreError) if code is not None else StoreError
    if cause is not None and hasattr(cause, "sqlstate"):
        state: str | None = cause.sqlstate
        if state is None:
            return StoreAway if connection else StoreError
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2], StoreError)
    return StoreError


def translate(error: exc.SQLAlchemyError) -> StoreError:
    """The StoreError for an error of SQLAlchemy."""
    if isinstance(error, exc.TimeoutError):
        return StoreBusy(f"{BUSY}: hết kết nối")
    cause = error.orig if isinstance(error, exc.StatementError) else None
    kind = _kind(cause, connection=isinstance(error, exc.OperationalError))
    return kind(f"{_SENTENCE[kind]}: {cause or error}".strip())


@contextmanager
def translated() -> Iterator[None]:
    """Translates every error of SQLAlchemy, Alembic and SQLite raised in its block to a StoreError."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error) from error
    except sqlite3.Error as error:  # backups do not use SQLAlchemy
        kind = _kind(error, connection=False)
        raise kind(f"{_SENTENCE[kind]}: {error}") from error
    except CommandError as error:  # an unknown revision: a newer version has migrated the database
        raise StoreUnavailable(f"{UNAVAILABLE}, có lẽ do bản mới hơn tạo ra: {error}") from error
