"""Runs the Alembic migrations on an open connection; called by engine.Database.migrate.

It is imported inside that method, because importing Alembic takes 0.1 s and the desk's process and the supervisor do
not migrate.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from sqlalchemy import Connection

from server.store.database.error_translation import UNAVAILABLE
from server.store.database.errors import StoreUnavailable
from server.store.database.locks import advisory_lock

SCRIPTS = Path(__file__).parents[1] / "migrations"


def config(conn: Connection) -> Config:
    """Alembic's configuration without alembic.ini, so that it works from an installed package."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def is_current(conn: Connection) -> bool:
    """Whether the tables are of this program's version, so that there is nothing to upgrade.

    Raises StoreUnavailable if Alembic fails.
    """
    with _own_errors():
        newest = ScriptDirectory.from_config(config(conn)).get_heads()
        return set(MigrationContext.configure(conn).get_current_heads()) == set(newest)


def upgrade(conn: Connection) -> None:
    """Upgrade the tables to the newest version, in the caller's transaction.

    Another process that calls it meanwhile waits, and then finds nothing to upgrade. Raises StoreUnavailable for
    tables that a newer version of this program has made.
    """
    advisory_lock(conn, "migrate")
    with _own_errors():
        command.upgrade(config(conn), "head")


@contextmanager
def _own_errors() -> Iterator[None]:
    try:
        yield
    except CommandError as error:  # an unknown revision: a newer version has migrated the database
        raise StoreUnavailable(f"{UNAVAILABLE}, có lẽ do bản mới hơn tạo ra: {error}") from error
