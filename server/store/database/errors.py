"""The errors that the store raises; used by error_translation, backup and all callers of the store.

    StoreError              the store failed: the caller keeps the data it has and reports the error
    ├── StoreBusy           another transaction held the lock for too long: try again
    │   └── StoreDeadlock   two transactions waited for each other and this one was ended: run it again
    ├── StoreUnavailable    cannot be used as configured: no such database, no permission, made by a newer version
    │   └── StoreAway       unreachable at the moment: recovers without a change of configuration
    │       └── StoreFull   its disk is full: it can be read, and written again when there is room
    └── StoreCorrupt        the file is not a valid database any more
    StoreRefusal            the store works, but the change is not possible
    ├── Unstorable          no database can hold a value: a number too large, NUL in a text
    ├── NotFound            there is no such row; or, as decoding.UnreadableRow, it cannot be read
    ├── NotLive             the row is withdrawn, cleared, expired or not yet on air
    └── Conflict            the row has changed since it was read

Messages are Vietnamese: keepers read them on the console, editors at the desk. This module imports nothing of
SQLAlchemy, so that the command line, which only prints these errors, starts fast.
"""

from __future__ import annotations

from typing import Any


class StoreError(Exception):
    """The store failed; ``str()`` is a Vietnamese sentence."""


class StoreBusy(StoreError):  # noqa: N818 - the name says what is wrong
    """A lock or a connection was not free in time; nothing was written, and trying again may help."""


class StoreDeadlock(StoreBusy):
    """PostgreSQL ended the transaction because of a deadlock or a serialisation failure; nothing was written."""


class StoreUnavailable(StoreError):  # noqa: N818 - the name says what is wrong
    """The database cannot be reached, read or written; nothing was written."""


class StoreAway(StoreUnavailable):
    """The database does not answer, is starting or stopping, or its disk is full: waiting may help."""


class StoreFull(StoreAway):
    """The disk of the database is full: nothing was written, and reading goes on."""


class StoreCorrupt(StoreError):  # noqa: N818 - the name says what is wrong
    """The database file or its pages are damaged; only restoring a backup helps."""


class StoreRefusal(Exception):  # noqa: N818 - the name says what is wrong
    """The change is not possible on the row as it is; ``str()`` is a Vietnamese sentence."""


class Unstorable(StoreRefusal):
    """The database cannot hold a value; nothing was written. Rare, because forms and feeds limit their values."""


class NotFound(StoreRefusal):
    """There is no such row."""


class NotLive(StoreRefusal):
    """The change is not possible, because the row is withdrawn, cleared, expired or not yet on air."""


class Conflict(StoreRefusal):
    """Somebody else has changed the row since it was read; ``theirs`` is the row now. Nothing was written."""

    def __init__(self, sentence: str, theirs: Any) -> None:
        super().__init__(sentence)
        self.theirs = theirs
