"""Opens the store of a configuration; called by processes and cli.

This module is separate from server.processes, so that a command need not import the whole server.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from server.setup.config import Config
from server.setup.errors import SetupError
from server.store.database import backup, server_seen
from server.store.database.engine import Database
from server.store.database.errors import StoreBusy
from server.store.people import one_time_links, people
from server.store.sources import sources

Clock = Callable[[], datetime]
TRIES = 4
"""How many times the program tries to open a busy store; each try waits five seconds for the store's lock."""
_WHERE = (
    "Chưa làm gì cả. kho: {name}\n"
    "Hãy xem lại --data, --config và BANGTIN_STORE__URL; máy mới thì khởi động máy chủ trước: run.py"
)


def open_store(config: Config, data: Path, clock: Clock, *, seed: bool) -> Database:
    """Opens and migrates the store, which is created if missing. Raises StoreError with a sentence on what to do.

    With ``seed``, areas, sources and boards are updated from the configuration; only server and worker ask for that,
    because a command with another config.toml would retire every board of the province. An empty store is always
    seeded. Commands use `existing_store`; only the command that makes the link for the first keeper (administrator)
    may run before the first start and calls this function, without ``seed``.
    """
    db = Database.open(config.store.url, data)
    for left in reversed(range(TRIES)):
        try:
            _prepare(config, db, clock, seed=seed)
            break
        except StoreBusy:
            if not left:
                raise
    return db


def _prepare(config: Config, db: Database, clock: Clock, *, seed: bool) -> None:
    db.migrate()
    if seed or not sources.areas(db):
        sources.seed(
            db,
            areas=config.area_values(),
            sources=config.source_values(),
            boards=config.board_values(),
            now=clock(),
            report=True,
        )


def existing_store(config: Config, data: Path) -> Database:
    """Opens and migrates the existing store; for commands, which must not create a data folder or a store.

    Raises SetupError if there is no store, for example because ``--data`` is mistyped or the address of PostgreSQL is
    not set; StoreError if it cannot be opened.
    """
    name, file = backup.name_of(config.store.url, data), backup.file_of(config.store.url, data)
    if not data.is_dir():
        raise SetupError(f"Không có thư mục dữ liệu {data}. {_WHERE.format(name=name)}")
    if file is not None and not file.is_file():
        raise SetupError(f"Không có kho ở đó. {_WHERE.format(name=name)}")
    db = Database.open(config.store.url, data)
    if not db.is_made():
        db.close()
        raise SetupError(f"Cơ sở dữ liệu còn trống. {_WHERE.format(name=name)}")
    db.migrate()
    return db


def need_server(db: Database, config: Config, data: Path) -> None:
    """Raises SetupError if no server has ever run on the store: no screen would show what is saved in it."""
    if not server_seen.ever(db):
        name = backup.name_of(config.store.url, data)
        raise SetupError(f"Chưa có máy chủ nào chạy trên kho này. {_WHERE.format(name=name)}")


def first_link(config: Config, data: Path, clock: Clock) -> str:
    """Makes a one-time link by which the first keeper (administrator) creates an account; returns the link's path.

    Returns "" if anybody has an account already.
    """
    db = Database.open(config.store.url, data)
    try:
        if people.anybody(db):
            return ""
        token = one_time_links.make(
            db, "first", person=None, by="console", now=clock(), lasts=one_time_links.FIRST_LASTS
        )
        return f"/desk/welcome/{token}"
    finally:
        db.close()
