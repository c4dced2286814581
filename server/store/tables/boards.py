"""Tables of the store's revision, of boards and of their current and past laps; used by server.store."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
)

from server.core import model
from server.store.tables import columns
from server.store.tables.base import metadata, of_the_desk, one_of, retired

store = Table(
    "store",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_row"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("epoch", String, nullable=False),
    # Counts changes of screens, apart from ``revision``: pairing a screen must not cause laps to be composed again.
    Column("screens_revision", BigInteger, nullable=False, server_default="0"),
    Column("server_seen", columns.Utc),  # when a server last read the store (database/server_seen.py)
)

# The last revision of each scope: the server rereads only scopes that have changed (database/revision.py).
changes = Table(
    "changes",
    metadata,
    Column("scope", String, primary_key=True),
    Column("revision", BigInteger, nullable=False, index=True),
)

# Heartbeats of the workers (database/worker_beats.py).
worker_beats = Table(
    "worker_beats",
    metadata,
    Column("worker", String, primary_key=True),
    Column("count", BigInteger, nullable=False),
)

boards = Table(
    "boards",
    metadata,
    Column("slug", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("theme", String, nullable=False),
    Column("format", columns.board_format, nullable=False),
    Column("lanes", columns.lanes, nullable=False),
    Column("point", columns.point),
    Column("hours", columns.hours, nullable=False),
    Column("zone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("upper_share", Float, nullable=False),
    Column("mode", String, one_of("mode", model.Mode), nullable=False),
    Column("diagonal", Float),
    Column("distance", Float),
    Column("days", columns.theme_days, nullable=False, server_default="[]"),
    Column("sound", Boolean, nullable=False, server_default=false()),
    Column("serving", String, nullable=False, server_default="off"),
    Column("serving_every", Integer, nullable=False, server_default="5"),
    Column("chime", Boolean, nullable=False, server_default=false()),
    Column("owner", String, nullable=False, server_default="state"),
    Column("owner_name", String, nullable=False, server_default=""),
    Column("agreed_share", Float),
    Column("position", Integer, nullable=False),
    retired(),
    of_the_desk(),
)

# What the counters of the board's hall serve; a row leaves soon after its ``until`` (store/boards/now_serving.py).
now_serving = Table(
    "now_serving",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("counters", columns.counters, nullable=False),
    Column("at", columns.Utc, nullable=False),
    Column("until", columns.Utc, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("actor", String, nullable=False),
    Column("paced", columns.Utc, nullable=False),  # when the next report would come at the permitted rate
)

laps = Table(
    "laps",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("body", String, nullable=False),
)

# Past laps, from which the desk's timeline shows what a board has shown.
aired_laps = Table(
    "aired_laps",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("start", BigInteger, nullable=False),  # the lap's start, ms since 1970 UTC
    Column("body", columns.Zipped, nullable=False),
    Index(None, "board", "start"),
)
