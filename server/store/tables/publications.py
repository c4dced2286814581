"""The table of the CAP documents that were issued about own notices; used by server.store."""

from __future__ import annotations

from sqlalchemy import Column, Index, Integer, LargeBinary, String, Table

from server.core.alerts.publication import Kind
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

# Rows are never changed: an issued document is what others have read.
published_alerts = Table(
    "published_alerts",
    metadata,
    Column("identifier", String, primary_key=True),
    Column("chain", String, nullable=False, index=True),
    Column("notice", Integer, nullable=False, index=True),
    Column("version", Integer, nullable=False),
    Column("kind", String, one_of("kind", Kind), nullable=False),
    Column("sender", String, nullable=False),
    Column("sent", columns.Utc, nullable=False),
    Column("ends", columns.Utc, nullable=False),
    Column("areas", columns.words, nullable=False),
    Column("content", columns.published, nullable=False),
    Column("document", LargeBinary, nullable=False),
    Index(None, "ends"),
    Index(None, "sent"),
)
