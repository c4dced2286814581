"""Tables of Web Push: browsers that asked for it, the areas they chose, messages and their deliveries; used by store.

The only data about a citizen are the browser's address at the push service with its keys, the language of the page on
which the choice was made, and the chosen areas.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, false

from server.core.notices.push_events import Kind
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

push_browsers = Table(
    "push_browsers",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("digest", String, nullable=False, unique=True),  # SHA-256 of the address
    Column("host", String, nullable=False, index=True),
    Column("endpoint", String, nullable=False),
    Column("p256dh", String, nullable=False),
    Column("auth", String, nullable=False),
    Column("language", String, nullable=False),
)

push_choices = Table(
    "push_choices",
    metadata,
    Column("browser", Integer, ForeignKey("push_browsers.id", ondelete="CASCADE"), primary_key=True),
    Column("area", String, primary_key=True, index=True),
    Column("deadlines", Boolean, nullable=False, server_default=false()),
)

push_messages = Table(
    "push_messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("key", String, nullable=False, unique=True),  # the same event is never queued twice
    Column("tag", String, nullable=False, index=True),
    Column("kind", String, one_of("kind", Kind), nullable=False),
    Column("notice", Integer, index=True),
    # The end that was announced; after it the message is not sent any more.
    Column("until", columns.Utc, nullable=False, index=True),
    Column("content", columns.Json, nullable=False),  # language -> what the browser is told
)

push_deliveries = Table(
    "push_deliveries",
    metadata,
    Column("message", Integer, ForeignKey("push_messages.id", ondelete="CASCADE"), primary_key=True),
    Column("browser", Integer, ForeignKey("push_browsers.id", ondelete="CASCADE"), primary_key=True, index=True),
    Column("due", columns.Utc, index=True),  # NULL: done
    Column("tries", Integer, nullable=False, server_default="0"),
)
