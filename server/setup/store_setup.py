"""Opens the store of a configuration; called by assembly and by every command that acts.

Apart from assembly, so that a command typed in a storm does not load the whole server first.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from server.setup.config import Config
from server.store.database.engine import Database
from server.store.people import one_time_links, people
from server.store.sources import sources

Clock = Callable[[], datetime]


class SetupError(Exception):
    """Something that has to be there to run is not; the message is one Vietnamese sentence with the way out."""


def open_store(config: Config, data: Path, clock: Clock, *, seed: bool) -> Database:
    """The store, migrated. Raises StoreError, with the way out in its words.

    ``seed``: what runs (server, worker) brings areas, sources and boards to what config says. A command that acts
    must not: typed with another config.toml it would retire every board of the province. It seeds only a store
    that is still empty, so that it may come before the first start.
    """
    db = Database.open(config.store.url, data)
    db.migrate()
    if seed or not sources.areas(db):
        sources.seed(
            db,
            areas=config.area_values(),
            sources=config.source_values(),
            boards=config.board_values(),
            now=clock(),
        )
    return db


def first_link(config: Config, data: Path, clock: Clock) -> str:
    """The path that makes the first keeper, where a store has nobody yet; "" where somebody is there."""
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
