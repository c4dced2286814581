"""What the store says when it cannot: one tree of errors and the one place that makes it; used by engine and callers.

    StoreError              the store failed: the caller keeps what it has and says so
    ├── StoreBusy           somebody else held the lock for too long: try again
    ├── StoreUnavailable    cannot be used as it is set up: no such database, no right, of a newer program
    │   └── StoreAway       not there at the moment, or full: it comes back without anybody changing the set-up
    └── StoreCorrupt        what is on the disk is not a database any more
    StoreRefusal            the store works, the act is not possible
    ├── NotFound            no row of that name
    ├── NotLive             the row has ended already
    └── Conflict            the row says something else than what was looked at

Messages are Vietnamese: the keeper reads them on the console, editors at the desk.
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


class StoreBusy(StoreError):  # noqa: N818 - says what is the matter, reads as such in except
    """A lock was held longer than the busy timeout; nothing was written, trying again may help."""


class StoreUnavailable(StoreError):  # noqa: N818 - says what is the matter, reads as such in except
    """The database cannot be reached, read or written; nothing was written."""


class StoreAway(StoreUnavailable):
    """The database does not answer, is starting or stopping, or has no room: waiting helps."""


class StoreCorrupt(StoreError):  # noqa: N818 - says what is the matter, reads as such in except
    """The database file or its pages are damaged; only a restore helps."""


class StoreRefusal(Exception):  # noqa: N818 - says what is the matter, reads as such in except
    """The act is not possible on the row as it is; ``str()`` is a Vietnamese sentence."""


class NotFound(StoreRefusal):
    """There is no such row."""


class NotLive(StoreRefusal):
    """The row is withdrawn, cleared, expired or not yet on air."""


class Conflict(StoreRefusal):
    """Somebody else has changed the row since it was read; ``theirs`` is what it says now. Nothing was written."""

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
    """``connection``: what failed is the way to the server, where it could not answer any more.

    Drivers are told by what their errors carry: that of PostgreSQL takes a tenth of a second to load, and most stores
    are SQLite.
    """
    if isinstance(cause, sqlite3.Error):
        code = getattr(cause, "sqlite_errorcode", None)  # absent where Python itself refused, not SQLite
        return _SQLITE.get(code & 0xFF, StoreError) if code is not None else StoreError
    if cause is not None and hasattr(cause, "sqlstate"):
        state: str | None = cause.sqlstate
        if state is None:
            return StoreAway if connection else StoreError
        return _POSTGRES.get(state) or _POSTGRES.get(state[:2], StoreError)
    return StoreError


def translate(error: exc.SQLAlchemyError) -> StoreError:
    """The error of ours that stands for ``error``."""
    if isinstance(error, exc.TimeoutError):
        return StoreBusy(f"{BUSY}: hết kết nối")
    cause = error.orig if isinstance(error, exc.StatementError) else None
    kind = _kind(cause, connection=isinstance(error, exc.OperationalError))
    return kind(f"{_SENTENCE[kind]}: {cause or error}".strip())


@contextmanager
def translated() -> Iterator[None]:
    """Within it no error of SQLAlchemy, Alembic or SQLite escapes: only ``StoreError`` and what callers raise."""
    try:
        yield
    except exc.SQLAlchemyError as error:
        raise translate(error) from error
    except sqlite3.Error as error:  # a copy is made without SQLAlchemy
        kind = _kind(error, connection=False)
        raise kind(f"{_SENTENCE[kind]}: {error}") from error
    except CommandError as error:  # a revision that this program does not know: written by a newer one
        raise StoreUnavailable(f"{UNAVAILABLE}, có lẽ do bản mới hơn tạo ra: {error}") from error
