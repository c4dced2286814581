"""Runs the Alembic migrations on an open connection; called by engine.Database.migrate."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection

from server.store.database.locks import advisory_lock

SCRIPTS = Path(__file__).parents[1] / "migrations"


def config(conn: Connection) -> Config:
    """Alembic's configuration without alembic.ini, so that it works from an installed package."""
    made = Config()
    made.set_main_option("script_location", str(SCRIPTS).replace("%", "%%"))
    made.attributes["connection"] = conn
    return made


def upgrade(conn: Connection) -> None:
    """Upgrade to the newest version in the caller's transaction; another process waits, then has nothing to do."""
    advisory_lock(conn, "migrate")
    command.upgrade(config(conn), "head")
