"""Tables of the gateway to the province's source information system; used by server.store."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from server.core.source_system.bulletins import Priority
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

# Bulletins that were taken in. ``number`` is the one of the source system.
source_bulletins = Table(
    "source_bulletins",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("number", String, nullable=False, unique=True),
    Column("digest", String, nullable=False),  # SHA-256 of its content: the same number with another one is refused
    Column("actor", String, nullable=False),
    Column("sender", String, nullable=False),  # the name of the key or folder that it came by
    Column("priority", String, one_of("priority", Priority), nullable=False),
    Column("title", String, nullable=False),
    Column("issuer", String, nullable=False),
    Column("areas", columns.words, nullable=False),
    Column("received", columns.Utc, nullable=False, index=True),
    Column("start", columns.Utc, nullable=False),
    Column("until", columns.Utc),
    Column("replaces", String, nullable=False, server_default=""),  # the number of the bulletin that it replaces
    Column("recalled", columns.Utc),
    Column("reason", String, nullable=False, server_default=""),
)

# What became of a bulletin: "announcement:12" or "notice:3", one for each area or for all.
source_items = Table(
    "source_items",
    metadata,
    Column("bulletin", Integer, ForeignKey("source_bulletins.id"), primary_key=True),
    Column("item", String, primary_key=True),
    # Who gave the announcement its place in the order of its boards, and when; "" while nobody has.
    Column("ordered_by", String, nullable=False, server_default=""),
    Column("ordered", columns.Utc),
    Index(None, "item"),
)

# Reports to the source system, sent in the order of their ids.
source_reports = Table(
    "source_reports",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("message", String, nullable=False, unique=True),  # the same at each attempt
    Column("kind", String, nullable=False),
    Column("period", String, nullable=False),
    Column("body", String, nullable=False),
    Column("created", columns.Utc, nullable=False),
    Column("due", columns.Utc),  # when it is sent next, NULL once it was sent
    Column("tries", Integer, nullable=False, server_default="0"),  # failed ones
    Column("sent", columns.Utc),
    Column("status", Integer),  # the HTTP status of the last attempt, NULL if there was no answer
    Column("error", String, nullable=False, server_default=""),
    UniqueConstraint("kind", "period"),
    Index(None, "due"),
)
