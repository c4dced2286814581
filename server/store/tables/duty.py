"""Tables of alarms, of what is sent of them, of channels and of the duty roster; used by server.store.

Areas are named by their slug without a foreign key: an alarm or a turn of an area that is gone is history.
"""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, false

from server.core.duty.alarms import Kind
from server.core.duty.plan import ChannelKind
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

# One row is one alarm: all facts of a kind in an area, from the first one to the end of the last one.
alarms = Table(
    "alarms",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, one_of("kind", Kind), nullable=False),
    Column("area", String, nullable=False),
    Column("begun", columns.Utc, nullable=False),
    Column("opened", columns.Utc, nullable=False),  # when it was first observed
    Column("subjects", columns.subjects, nullable=False),
    Column("urgent", Boolean, nullable=False, server_default=false()),
    Column("told", columns.Utc),  # when it was first told; NULL: not yet, or it ended before
    Column("told_count", Integer, nullable=False, server_default="0"),
    Column("last_told", columns.Utc),
    Column("quiet", columns.Utc),  # since when nothing is wrong
    Column("ended", columns.Utc),
    Column("acknowledged", columns.Utc),
    Column("acknowledged_by", String, nullable=False, server_default=""),
    Column("step", Integer, nullable=False, server_default="0"),
    Column("escalate_at", columns.Utc),
    Index(None, "ended"),
    Index(None, "kind", "area", "ended"),
)

# The outbox. A row is one thing to tell one target about one alarm; rows that wait are sent together.
alarm_deliveries = Table(
    "alarm_deliveries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("alarm", Integer, ForeignKey("alarms.id")),  # NULL: a trial that somebody asked for
    Column("step", String, nullable=False),
    Column("number", Integer, nullable=False, server_default="0"),  # so that growth may be told more than once
    Column("target", String, nullable=False),  # "person:lan" or "channel:7"
    Column("created", columns.Utc, nullable=False),
    Column("due", columns.Utc),  # NULL: sent or dropped
    Column("sent", columns.Utc),  # NULL: waiting or dropped
    UniqueConstraint("alarm", "step", "number", "target"),
    Index(None, "target", "due"),
    Index(None, "due"),
)

# How each target is doing: when it may be used next, and how it failed.
alarm_targets = Table(
    "alarm_targets",
    metadata,
    Column("target", String, primary_key=True),
    Column("claimed", columns.Utc),  # until when one worker has it for itself
    Column("not_before", columns.Utc),
    Column("failures", Integer, nullable=False, server_default="0"),  # in a row
    Column("failing_since", columns.Utc),
    Column("error", String, nullable=False, server_default=""),
    Column("last_sent", columns.Utc),
)

duty_channels = Table(
    "duty_channels",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, one_of("kind", ChannelKind), nullable=False),
    Column("name", String, nullable=False),
    Column("areas", columns.words, nullable=False),
    Column("address", String, nullable=False),
    Column("person", String, nullable=False, server_default=""),
    Column("urgent_only", Boolean, nullable=False, server_default=false()),
    # Telegram: the bot's token. Zalo: the access token, with the values to renew it.
    Column("secret", String, nullable=False, server_default=""),
    Column("renewal", String, nullable=False, server_default=""),
    Column("app", String, nullable=False, server_default=""),
    Column("app_secret", String, nullable=False, server_default=""),
    Column("secret_until", columns.Utc),
    Column("made", columns.Utc, nullable=False),
    Column("made_by", String, nullable=False),
    Column("off", columns.Utc),
)

duty_turns = Table(
    "duty_turns",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String, nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("weekdays", columns.weekdays, nullable=False),
    Column("start", Integer, nullable=False),
    Column("end", Integer, nullable=False),
    Column("place", Integer, nullable=False),
)

duty_absences = Table(
    "duty_absences",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String, nullable=False, index=True),
    Column("person", String, nullable=False),
    Column("first", String, nullable=False),  # ISO dates, as the desk's days are
    Column("last", String, nullable=False),
    Column("substitute", String, nullable=False, server_default=""),
)

duty_preferences = Table(
    "duty_preferences",
    metadata,
    Column("person", String, primary_key=True),
    Column("quiet_from", Integer),
    Column("quiet_until", Integer),
    Column("digest_at", Integer),
)

duty_digests = Table(
    "duty_digests",
    metadata,
    Column("person", String, primary_key=True),
    Column("day", String, nullable=False),  # the last day whose summary was sent or was not needed
)
