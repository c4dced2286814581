"""Runs the Alembic migrations on an open connection; called by engine.Database.migrate.

Alembic is imported only for an upgrade: it takes as long as a tenth of a process's start, and most starts find the
tables up to date.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, column, inspect, select, table

from server.store.database.error_translation import UNAVAILABLE
from server.store.database.errors import StoreUnavailable
from server.store.database.locks import advisory_lock

if TYPE_CHECKING:
    from alembic.config import Config

SCRIPTS = Path(__file__).parents[1] / "migrations"
# The table in which Alembic keeps the version of the tables; its name and column are Alembic's.
_VERSIONS = table("alembic_version", column("version_num"))


def config(conn: Connection) -> Config:
    """Alembic's configuration without alembic.ini, so that it works from an installed package."""
    from alembic.config import Config

    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def newest() -> str:
    """Returns the version of this program's tables: the number that the name of the last migration begins with."""
    return max(file.name for file in (SCRIPTS / "versions").glob("[0-9]*.py")).partition("_")[0]


def is_current(conn: Connection) -> bool:
    """Whether the tables are of this program's version, so that there is nothing to upgrade.

    The number of the last migration says it: migrations follow each other in one line, which a test holds, and are
    never edited.
    """
    if not inspect(conn).has_table(_VERSIONS.name):
        return False
    return conn.execute(select(_VERSIONS.c.version_num)).scalars().all() == [newest()]


def upgrade(conn: Connection) -> None:
    """Upgrades the tables to the newest version, in the caller's transaction.

    Another process that calls it meanwhile waits, and then finds nothing to upgrade. Raises StoreUnavailable for
    tables that a newer version of this program has made.
    """
    from alembic import command

    advisory_lock(conn, "migrate")
    with _own_errors():
        command.upgrade(config(conn), "head")


@contextmanager
def _own_errors() -> Iterator[None]:
    """Raises StoreUnavailable for Alembic's error about an unknown version, which a newer program has written."""
    from alembic.util import CommandError

    try:
        yield
    except CommandError as error:
        raise StoreUnavailable(f"{UNAVAILABLE}, có lẽ do bản mới hơn tạo ra: {error}") from error
