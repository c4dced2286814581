"""Tables of the WebSub hub: requests that wait for their verification, and subscriptions; used by server.store."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Column, Index, Integer, String, Table, UniqueConstraint

from server.store.tables import columns
from server.store.tables.base import metadata, one_of

RequestMode = Literal["subscribe", "unsubscribe", "denied"]

websub_requests = Table(
    "websub_requests",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("mode", String, one_of("mode", RequestMode), nullable=False),
    Column("topic", String, nullable=False),
    Column("callback", String, nullable=False),
    Column("host", String, nullable=False),  # of the callback
    Column("secret", String, nullable=False, server_default=""),
    Column("lease", columns.Seconds, nullable=False),
    Column("network", String, nullable=False),  # of the client that sent the request
    Column("asked", columns.Utc, nullable=False),
    # Until when a worker has it for itself; NULL: none has.
    Column("claimed", columns.Utc),
    Column("done", columns.Utc),
    Index(None, "network", "asked"),
    Index(None, "host", "asked"),
    Index(None, "done", "asked"),
)

websub_subscriptions = Table(
    "websub_subscriptions",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("topic", String, nullable=False),
    Column("callback", String, nullable=False),
    Column("host", String, nullable=False, index=True),
    Column("secret", String, nullable=False, server_default=""),
    Column("expires", columns.Utc, nullable=False, index=True),
    # Hashes of the topic's newest content and of the content last delivered or given up.
    Column("wanted", String, nullable=False),
    Column("sent", String, nullable=False),
    # When the next attempt may begin; NULL: there is nothing to deliver.
    Column("due", columns.Utc, index=True),
    Column("claimed", columns.Utc),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("given_up", Integer, nullable=False, server_default="0"),  # contents that were never delivered
    Column("ended", columns.Utc),
    UniqueConstraint("topic", "callback"),
)
