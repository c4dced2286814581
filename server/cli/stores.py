"""Opens the store for a command; called by the modules of server.cli.

This module is separate from server.cli.context, because the supervisor needs no store: importing SQLAlchemy would
delay every start by a third of a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from server.cli.context import Context, fail, hint, prepare_data
from server.core.areas import AreaTree
from server.setup.config import Config
from server.setup.nudge import tell_servers
from server.setup.store_setup import existing_store, need_server, open_store
from server.store.database import backup, revision, server_seen
from server.store.database.engine import Database
from server.store.sources import sources

UNREAD = 3
"""Exit code: the change is saved but not yet on any board, because no server reads the store.

The command ``urgent`` also ends with it when a second person has to confirm the notice.
"""
NOT_READ = "đã lưu, nhưng hiện không có máy chủ nào đang đọc kho này: bảng tin chưa nhận được. Hãy chạy run.py."

Opened = tuple[Config, Database, AreaTree]


@contextmanager
def reading_store(given: Context) -> Iterator[Opened]:
    """Opens the existing store, for commands that only read; yields (config, store, areas).

    Raises ConfigError, SetupError or StoreError.
    """
    config = given.config()
    with _closing(existing_store(config, given.data)) as db:
        yield config, db, AreaTree(sources.areas(db))


@contextmanager
def new_store(given: Context) -> Iterator[Opened]:
    """Opens the store, which is created if there is none; yields (config, store, areas).

    For the command that makes the link for the first keeper (administrator), before the first start of the server.
    """
    config = given.config()
    prepare_data(given.data)
    with _closing(open_store(config, given.data, given.clock, seed=False)) as db:
        yield config, db, AreaTree(sources.areas(db))


@contextmanager
def acting_store(given: Context, *, for_boards: bool = True) -> Iterator[Opened]:
    """Opens the existing store, for commands that change it; yields (config, store, areas).

    Prints the store's name on stderr, and notifies the servers at the end. With ``for_boards``, the change has to
    reach boards: if no server reads the store at the end, ends the command with the exit code UNREAD. Raises what
    `reading_store` raises, and SetupError if no server has ever run on the store.
    """
    with reading_store(given) as (config, db, tree):
        need_server(db, config, given.data)
        hint(f"kho: {backup.name_of(config.store.url, given.data)}")
        try:
            yield config, db, tree
        finally:
            tell_servers(given.data, config.queue.url, lambda: revision.current(db))
        if for_boards and not is_read(given, db):
            fail(NOT_READ, UNREAD)


def is_read(given: Context, db: Database) -> bool:
    """Whether a server reads this store now."""
    return server_seen.is_read(db, given.clock())


@contextmanager
def _closing(db: Database) -> Iterator[Database]:
    try:
        yield db
    finally:
        db.close()
