"""Translates errors of SQLAlchemy and of the database drivers into those of the store; used by engine and backup."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from server.store.database.errors import (
    StoreAway,
    StoreBusy,
    StoreCorrupt,
    StoreDeadlock,
    StoreError,
    StoreFull,
    StoreRefusal,
    StoreUnavailable,
    Unstorable,
)

BUSY = "Cơ sở dữ liệu đang bận, xin thử lại"
UNAVAILABLE = "Không dùng được cơ sở dữ liệu"
SILENT = "Cơ sở dữ liệu không trả lời"
FULL = "Đĩa chứa cơ sở dữ liệu đã đầy, không ghi được gì"
CORRUPT = "Cơ sở dữ liệu bị hỏng, cần khôi phục từ bản sao lưu"

_Kind = type[StoreError | StoreRefusal]

# Primary result codes of SQLite (sqlite.org/rescode.html); extended codes carry them in the low byte.
_SQLITE: dict[int, type[StoreError]] = {
    sqlite3.SQLITE_BUSY: StoreBusy,
    sqlite3.SQLITE_LOCKED: StoreBusy,
    sqlite3.SQLITE_PERM: StoreUnavailable,
    sqlite3.SQLITE_READONLY: StoreUnavailable,
    sqlite3.SQLITE_IOERR: StoreAway,
    sqlite3.SQLITE_FULL: StoreFull,
    sqlite3.SQLITE_CANTOPEN: StoreUnavailable,
    sqlite3.SQLITE_CORRUPT: StoreCorrupt,
    sqlite3.SQLITE_NOTADB: StoreCorrupt,
}

# By SQLSTATE: the whole code, or its first two characters, the class (PostgreSQL manual, appendix A).
_POSTGRES: dict[str, _Kind] = {
    "55P03": StoreBusy,  # lock_not_available: lock_timeout
    "40P01": StoreDeadlock,  # deadlock_detected
    "40001": StoreDeadlock,  # serialization_failure
    "57014": StoreBusy,  # query_canceled: statement_timeout
    "XX001": StoreCorrupt,  # data_corrupted
    "XX002": StoreCorrupt,  # index_corrupted
    "08": StoreAway,  # connection exceptions
    "22": Unstorable,  # data exceptions: a number out of range, a character that text cannot hold
    "28": StoreUnavailable,  # invalid authorization
    "3D": StoreUnavailable,  # invalid catalog name
    "53100": StoreFull,  # disk_full
    "53": StoreAway,  # insufficient resources
    "57": StoreAway,  # operator intervention: shutdown
    "58": StoreAway,  # system errors
}

_SENTENCE: dict[_Kind, str] = {
    Unstorable: "Giá trị không lưu được",
    StoreBusy: BUSY,
    StoreDeadlock: BUSY,
    StoreUnavailable: UNAVAILABLE,
    StoreAway: UNAVAILABLE,
    StoreFull: FULL,
    StoreCorrupt: CORRUPT,
    StoreError: "Lỗi cơ sở dữ liệu",
}


def _kind(cause: BaseException | None, *, without_state: _Kind = StoreError) -> _Kind:
    """The class of error for ``cause``, the exception of a database driver.

    Returns ``without_state`` for an exception without SQLSTATE, which psycopg itself has raised. Drivers are
    recognised by attributes of their exceptions, because importing psycopg takes 0.1 s and most stores are SQLite.
    """
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)  # missing if the module sqlite3 raised it, not SQLite
        return _SQLITE.get(code & 0xFF, StoreError) if code is not None else StoreError
    if cause is not None and hasattr(cause, "sqlstate"):
        state: str | None = cause.sqlstate
        if state is None:
            return without_state
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2], StoreError)
    return StoreError


def translate(error: exc.SQLAlchemyError) -> StoreError | StoreRefusal:
    """The store's error for an error of SQLAlchemy, with a Vietnamese message."""
    if isinstance(error, exc.TimeoutError):
        return StoreBusy(f"{BUSY}: hết kết nối")
    cause = error.orig if isinstance(error, exc.StatementError) else None
    # Exceptions without SQLSTATE: psycopg raises OperationalError for a lost connection, and DataError for a value
    # that it cannot send, such as a text with NUL.
    lost, unsent = isinstance(error, exc.OperationalError), isinstance(error, exc.DataError)
    kind = _kind(cause, without_state=StoreAway if lost else Unstorable if unsent else StoreError)
    return kind(f"{_SENTENCE[kind]}: {cause or error}".strip())


@contextmanager
def translated() -> Iterator[None]:
    """A context manager that turns errors of SQLAlchemy and sqlite3 raised in its block into StoreError.

    For a value that the database cannot hold it raises Unstorable, a StoreRefusal.
    """
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error) from error
    except (OverflowError, UnicodeEncodeError) as error:  # raised by sqlite3 for values it cannot convert
        raise Unstorable(f"{_SENTENCE[Unstorable]}: {error}") from error
    except sqlite3.Error as error:  # backup and probe use sqlite3 without SQLAlchemy
        kind = _kind(error)
        raise kind(f"{_SENTENCE[kind]}: {error}") from error
