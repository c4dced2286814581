"""Tables of the HTTP API: requests with an Idempotency-Key, and the buckets of its limits; used by server.store."""

from __future__ import annotations

from sqlalchemy import Column, Float, Integer, LargeBinary, String, Table

from server.store.tables import columns
from server.store.tables.base import metadata

api_requests = Table(
    "api_requests",
    metadata,
    Column("token", Integer, primary_key=True),  # the id of the API token that sent it
    Column("key", String, primary_key=True),
    Column("digest", String, nullable=False),  # SHA-256 of method, path and body
    Column("began", columns.Utc, nullable=False, index=True),
    # NULL while the request is running.
    Column("status", Integer),
    Column("type", String, nullable=False, server_default=""),
    Column("body", LargeBinary),
)

api_buckets = Table(
    "api_buckets",
    metadata,
    Column("token", Integer, primary_key=True),
    Column("kind", String, primary_key=True),
    # How many requests the bucket held at the time ``at``.
    Column("level", Float, nullable=False),
    Column("at", columns.Utc, nullable=False),
)
