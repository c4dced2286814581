"""Tables of the exchange with other servers: this server's id, the others, their areas, items and pushes."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, String, Table, false

from server.core.levels.items import ItemKind, Relation
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

# One row: the id by which other servers know this one. It is made once and never changes.
server_identity = Table(
    "server_identity",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("server", String, nullable=False),
)

# What the server behind a source of the kind "server" says about itself, and how far its feeds were read.
server_peers = Table(
    "server_peers",
    metadata,
    Column("source", String, ForeignKey("sources.slug"), primary_key=True),
    Column("server", String, nullable=False),
    Column("name", String, nullable=False),
    Column("version", String, nullable=False),
    Column("areas", columns.Json, nullable=False),
    Column("hub", String, nullable=False),
    Column("feeds", columns.Json, nullable=False),  # address -> {etag, since}
    Column("seen", columns.Utc, nullable=False),
)

# For which local area an area of that server may speak: an editor's choice, "" for none.
server_links = Table(
    "server_links",
    metadata,
    Column("source", String, ForeignKey("sources.slug"), primary_key=True),
    Column("remote", String, primary_key=True),
    Column("local", String, nullable=False),
    Column("name", String, nullable=False),
    Column("linked_by", String, nullable=False),
    Column("linked_at", columns.Utc, nullable=False),
)

server_items = Table(
    "server_items",
    metadata,
    Column("origin", String, primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("kind", String, one_of("kind", ItemKind), nullable=False),
    Column("local", Integer, nullable=False),
    Column("version", BigInteger, nullable=False),
    Column("path", columns.words, nullable=False),
    Column("digest", String, nullable=False),
    Column("gone", Boolean, nullable=False, server_default=false()),
    Column("relation", String, one_of("relation", Relation), nullable=False),
    Column("area", String, nullable=False, server_default=""),
    Column("imposed", String, nullable=False, server_default=""),
    Index(None, "source", "gone"),
    Index(None, "kind", "local"),
)

# A subscription of this server at another server's WebSub hub.
server_pushes = Table(
    "server_pushes",
    metadata,
    Column("topic", String, primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("hub", String, nullable=False),
    Column("key", String, nullable=False, unique=True),  # the unguessable part of the callback's address
    Column("secret", String, nullable=False),
    Column("asked", columns.Utc, nullable=False),
    Column("awaits", Boolean, nullable=False, server_default=false()),
    Column("leased_until", columns.Utc),
    Column("pushed", columns.Utc),
    Column("pushes", Integer, nullable=False, server_default="0"),
    Column("missed", Integer, nullable=False, server_default="0"),
)
