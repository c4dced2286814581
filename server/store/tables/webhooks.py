"""Tables of webhooks: receivers, events that wait to be distributed, deliveries; used by server.store."""

from __future__ import annotations

from typing import Literal

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, false

from server.store.tables import columns
from server.store.tables.base import metadata, one_of

DeliveryState = Literal["waiting", "sent", "failed", "obsolete"]

webhooks = Table(
    "webhooks",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("url", String, nullable=False),
    Column("areas", columns.words, nullable=False),
    Column("events", columns.words, nullable=False),
    # Not hashed, because the secrets sign what is sent. The old one is valid until ``old_until``.
    Column("secret", String, nullable=False),
    Column("old_secret", String, nullable=False, server_default=""),
    Column("old_until", columns.Utc),
    Column("made", columns.Utc, nullable=False),
    Column("made_by", String, nullable=False),
    Column("off", columns.Utc),
    Column("gone", columns.Utc),  # when the receiver answered 410, which switched it off
    Column("claimed", columns.Utc),  # until when one worker has it for itself; NULL: none has
    Column("not_before", columns.Utc),  # until when the receiver has asked to be left alone (Retry-After)
    Column("told", columns.Utc),  # when its keepers were told that it fails; NULL: it does not
)

# An event is deleted when it has been distributed to the webhooks that it concerns.
webhook_events = Table(
    "webhook_events",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("at", columns.Utc, nullable=False),
    Column("title", String, nullable=False),
    Column("areas", columns.words, nullable=False),
    Column("boards", columns.words, nullable=False),
    Column("details", columns.Json, nullable=False),
)

# What the worker observes for webhooks. "announcement:12" or "story:7": approved at ``since``, and first shown at
# ``told`` (NULL: not yet). "source:tin-xa": silent since ``since``.
webhook_subjects = Table(
    "webhook_subjects",
    metadata,
    Column("subject", String, primary_key=True),
    Column("since", columns.Utc, nullable=False),
    Column("told", columns.Utc),
)

webhook_deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("webhook", Integer, ForeignKey("webhooks.id"), nullable=False),
    Column("message", String, nullable=False, unique=True),  # the header webhook-id, the same at each attempt
    Column("kind", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("title", String, nullable=False),
    Column("body", String, nullable=False),
    Column("created", columns.Utc, nullable=False),
    Column("state", String, one_of("state", DeliveryState), nullable=False),
    # A later event of the same subject contradicts it, so it must not be sent (again).
    Column("obsolete", Boolean, nullable=False, server_default=false()),
    Column("due", columns.Utc),  # when it is sent next, NULL unless it is waiting
    Column("tries", Integer, nullable=False, server_default="0"),  # failed ones since it was last asked for
    Column("last_try", columns.Utc),
    Column("status", Integer),  # the HTTP status of the last attempt, NULL if there was no answer
    Column("error", String, nullable=False, server_default=""),  # why the last attempt failed: a code of feeds.errors
    Index(None, "webhook", "id"),
    Index(None, "webhook", "state", "due"),
    Index(None, "subject", "state"),
    Index(None, "created"),
)
