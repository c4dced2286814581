"""Tables of received alerts: documents, their states, polls, links, decisions, notices; used by server.store."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    UniqueConstraint,
    false,
)

from server.store.tables import columns
from server.store.tables.alert_columns import AlertDocument
from server.store.tables.base import metadata

# What was received, once for each content, compressed with zlib; proof of what a source said.
alert_bodies = Table(
    "alert_bodies",
    metadata,
    Column("digest", String, primary_key=True),
    Column("body", LargeBinary, nullable=False),
)

# One row for each different content, also of one name. ``digest`` is a hash of what was read.
alert_documents = Table(
    "alert_documents",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("sender", String, nullable=False),
    Column("identifier", String, nullable=False),
    Column("sent", columns.Utc, nullable=False),
    Column("digest", String, nullable=False),
    Column("document", AlertDocument, nullable=False),
    Column("address", String, nullable=False),
    Column("body", String, nullable=False, index=True),
    Column("received", columns.Utc, nullable=False, index=True),
    UniqueConstraint("source", "digest"),
    Index(None, "source", "identifier"),
)

# What the worker found that became of each document; the desk lists these rows.
alert_states = Table(
    "alert_states",
    metadata,
    Column("document", Integer, ForeignKey("alert_documents.id"), primary_key=True),
    Column("state", String, nullable=False, index=True),
    Column("why", columns.words, nullable=False, server_default="[]"),
    Column("notes", columns.words, nullable=False, server_default="[]"),
    Column("boards", columns.words, nullable=False, server_default="[]"),
    Column("level", String, nullable=False, server_default=""),
    Column("ended_in", columns.words, nullable=False, server_default="[]"),
    Column("since", columns.Utc),
    Column("until", columns.Utc),
    Column("ended", columns.Utc),
)

alert_polls = Table(
    "alert_polls",
    metadata,
    Column("source", String, ForeignKey("sources.slug"), primary_key=True),
    Column("first_try", columns.Utc, nullable=False),
    Column("last_try", columns.Utc, nullable=False),
    Column("last_good", columns.Utc),
    Column("reason", String, nullable=False, server_default=""),
    Column("cut", Boolean, nullable=False, server_default=false()),
    # Not used any more.
    Column("silent", Boolean, nullable=False, server_default=false()),
    Column("held_since", columns.Utc),
    Column("held_by", String, nullable=False, server_default=""),
    Column("absences", columns.Json, nullable=False, server_default="[]"),
)

# What an index links to. ``documents`` are the ids of what was read there.
alert_links = Table(
    "alert_links",
    metadata,
    Column("source", String, ForeignKey("sources.slug"), primary_key=True),
    Column("address", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
    Column("read", String, nullable=False, server_default=""),
    Column("position", Integer, nullable=False),
    Column("listed", Boolean, nullable=False),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("tried", columns.Utc),
    Column("permanent", Boolean, nullable=False, server_default=false()),
    Column("reason", String, nullable=False, server_default=""),
    Column("seen", columns.Utc, nullable=False, index=True),
    Column("documents", columns.Json, nullable=False, server_default="[]"),
)

# The pictures that alerts name: what was fetched, or why not. ``hash`` is "" until one is stored; ``due`` is when it
# is tried next, NULL if never again.
alert_pictures = Table(
    "alert_pictures",
    metadata,
    Column("source", String, ForeignKey("sources.slug"), primary_key=True),
    Column("address", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("hash", String, nullable=False, server_default=""),
    Column("width", Integer, nullable=False, server_default="0"),
    Column("height", Integer, nullable=False, server_default="0"),
    Column("reason", String, nullable=False, server_default=""),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("due", columns.Utc, index=True),
    Column("asked", columns.Utc, nullable=False, index=True),
)

# What editors decided on a document, by its name: also one that is read again later.
alert_decisions = Table(
    "alert_decisions",
    metadata,
    Column("source", String, ForeignKey("sources.slug"), primary_key=True),
    Column("sender", String, primary_key=True),
    Column("identifier", String, primary_key=True),
    Column("sent", columns.Utc, primary_key=True),
    Column("approved", columns.Utc),
    Column("approved_by", String, nullable=False, server_default=""),
    Column("ended", columns.Utc),
    Column("ended_by", String, nullable=False, server_default=""),
    Column("rejected", Boolean, nullable=False, server_default=false()),
    Column("areas", columns.words, nullable=False, server_default="[]"),
    Column("ended_in", columns.words, nullable=False, server_default="[]"),
    Column("shown_in", columns.words, nullable=False, server_default="[]"),
    Column("changed", columns.Utc, nullable=False, index=True),
)

# Which notice shows which document. ``shown`` is the state that the worker gave the notice last; another one is the
# decision of an editor.
alert_notices = Table(
    "alert_notices",
    metadata,
    Column("notice", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("sender", String, nullable=False),
    Column("identifier", String, nullable=False),
    Column("sent", columns.Utc, nullable=False),
    Column("info", Integer, nullable=False),
    Column("shown", String, nullable=False),
    Column("told", Boolean, nullable=False, server_default=false()),
    Index(None, "source", "sent"),
)
