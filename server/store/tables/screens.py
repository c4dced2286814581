"""Tables of screens, pairing, commands, receipts and proof of play; used by server.store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Index, Integer, LargeBinary, String, Table

from server.store.tables import columns
from server.store.tables.base import metadata

screens = Table(
    "screens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("board", String, ForeignKey("boards.slug"), nullable=False, index=True),
    Column("slot", Integer, nullable=False),
    Column("key_hash", String, unique=True),
    Column("paired_by", String, nullable=False),
    Column("paired", columns.Utc, nullable=False),
    Column("revoked", columns.Utc),
    Column("replaced_by", Integer, ForeignKey("screens.id")),
    Column("notes", String, nullable=False),
    Column("phone", String, nullable=False),
    Column("handed_until", columns.Utc),
    Column("changed", BigInteger, nullable=False, index=True),
)

# Which screens were in which slot of a board, and since when. ``plays.screens`` has one bit for each slot, so this
# table tells which screens it means.
screen_places = Table(
    "screen_places",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("slot", Integer, primary_key=True),
    Column("screen", Integer, ForeignKey("screens.id"), primary_key=True),
    Column("since", columns.Utc, nullable=False),
)

# Not in ``screens``, because it is written every few seconds and useless in a backup.
screen_links = Table(
    "screen_links",
    metadata,
    Column("screen", Integer, ForeignKey("screens.id"), primary_key=True),
    Column("up", Boolean, nullable=False),
    Column("seen", columns.Utc, nullable=False),
    Column("plays_until", BigInteger, nullable=False, server_default="0"),
    Column("shown", String, nullable=False, server_default=""),
    Column("cold", Boolean),
    Column("errors", Integer, nullable=False, server_default="0"),
)

pairings = Table(
    "pairings",
    metadata,
    Column("code", String, primary_key=True),
    Column("secret_hash", String, nullable=False),
    Column("expires", columns.Utc, nullable=False, index=True),
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("screen", Integer, ForeignKey("screens.id")),
    # The device's IP address: the number of open codes of one address is limited.
    Column("address", String, nullable=False, server_default=""),
)

pairing_tries = Table(
    "pairing_tries",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("actor", String, nullable=False),
    Column("at", columns.Utc, nullable=False),
    Index(None, "actor", "at"),
)

screen_commands = Table(
    "screen_commands",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("screen", Integer, ForeignKey("screens.id"), nullable=False),
    Column("name", String, nullable=False),
    Column("until", columns.Utc, nullable=False, index=True),
    Column("number", BigInteger, nullable=False, index=True),
    Column("created", columns.Utc, nullable=False),
    Column("created_by", String, nullable=False),
    # When the screen answered. A screenshot itself is stored as a file under --data/screenshots.
    Column("answered", columns.Utc),
)

# Panic mode: until it ends, the boards of an area and of those below show the safe slide; their own mode stays.
panics = Table(
    "panics",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("begun", columns.Utc, nullable=False),
    Column("begun_by", String, nullable=False),
    Column("ended", columns.Utc, index=True),
    Column("ended_by", String, nullable=False, server_default=""),
)

plays = Table(
    "plays",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("day", String, primary_key=True),
    Column("item", String, primary_key=True),
    Column("title", String, nullable=False),
    Column("count", Integer, nullable=False),
    Column("first", columns.Utc, nullable=False),
    Column("last", columns.Utc, nullable=False),
    Column("hours", Integer, nullable=False),
    Column("screens", LargeBinary, nullable=False),
    Column("hashes", columns.Json, nullable=False),
    Column("milliseconds", BigInteger, nullable=False, server_default="0"),
    Index(None, "item", "day"),
)

# The sums of ``plays`` over all items of a board on a day, so that reports on a month need not read every item.
play_days = Table(
    "play_days",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("day", String, primary_key=True),
    Column("count", BigInteger, nullable=False),
    Column("milliseconds", BigInteger, nullable=False),
)

notice_receipts = Table(
    "notice_receipts",
    metadata,
    Column("notice", Integer, ForeignKey("notices.id"), primary_key=True),
    Column("screen", Integer, ForeignKey("screens.id"), primary_key=True),
    Column("sent", columns.Utc),
    Column("received", columns.Utc),
    Column("shown", columns.Utc),
    Column("ended", columns.Utc),
)

outages = Table(
    "outages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("screen", Integer, ForeignKey("screens.id"), nullable=False),
    Column("board", String, ForeignKey("boards.slug"), nullable=False),
    Column("begun", columns.Utc, nullable=False),
    Column("ended", columns.Utc),
    Index(None, "board", "begun"),
    Index(None, "screen", "ended"),
)
