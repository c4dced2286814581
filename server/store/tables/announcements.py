"""Tables of announcements, autosaved forms, uploads, media, messages and notices; used by server.store."""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    false,
)

from server.core import model
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

_NOTICE_STATES = "state IN ('drafted', 'confirmed', 'live', 'corrected', 'cleared', 'expired')"

announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("title", String, nullable=False),
    Column("text", String, nullable=False),
    Column("windows", columns.windows, nullable=False),
    Column(
        "ends", columns.Utc
    ),  # the latest end of its windows, NULL if a window has no end; announcements.shown selects by it
    Column("created", columns.Utc, nullable=False),
    Column("created_by", String, nullable=False),
    Column("boards", columns.words, nullable=False),
    Column("link", String, nullable=False),
    Column("table", columns.grid, nullable=False),
    Column("longest_gap", columns.Seconds),
    Column("state", String, one_of("state", model.AnnouncementState), nullable=False),
    Column("kind", String, one_of("kind", model.AnnouncementKind), nullable=False, server_default="text"),
    Column("attachments", columns.attachments, nullable=False, server_default="[]"),
    Column("contact", columns.contact),
    Column("sound", Boolean, nullable=False, server_default=false()),
    Column("priority", Boolean, nullable=False, server_default=false()),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("recurrence", columns.recurrence),
    Column("template", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("edited", columns.Utc),
    Column("edited_by", String, nullable=False, server_default=""),
    Column("decided_by", String, nullable=False, server_default=""),
    Column("decided", columns.Utc),
    Column("reason", String, nullable=False, server_default=""),
    Column("replaces", Integer, index=True),
    Column("successor", Integer),
    Column("originals", columns.originals, nullable=False, server_default="[]"),
    Column("advert", Boolean, nullable=False, server_default=false()),
    Index(None, "area", "state", "ends"),
    Index(None, "created", "id"),
)

announcement_versions = Table(
    "announcement_versions",
    metadata,
    Column("announcement", Integer, ForeignKey("announcements.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("replaced", columns.Utc, nullable=False),
    Column("by", String, nullable=False),
    Column("body", columns.Json, nullable=False),
)

# Raw values of a form, autosaved so that a dropped connection loses nothing. Not in the audit, because they are not
# submitted yet.
autosaves = Table(
    "typed",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("announcement", Integer),
    Column("version", Integer),
    Column("saved", columns.Utc, nullable=False),
    Column("form", columns.Json, nullable=False),
)

# Which announcement each form of the composer has made, so that a form that is sent twice makes only one.
sent_forms = Table(
    "sent_forms",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("announcement", Integer, nullable=False),
    Column("digest", String, nullable=False),
    Column("sent", columns.Utc, nullable=False, index=True),
)

uploads = Table(
    "uploads",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String, one_of("state", model.UploadState), nullable=False),
    Column("created", columns.Utc, nullable=False),
    Column("leased_until", columns.Utc),
    Column("reason", String, nullable=False, server_default=""),
    Column("attachments", columns.attachments, nullable=False, server_default="[]"),
    Column("table", columns.grid, nullable=False, server_default="[]"),
    Column("original", columns.original),
    Index(None, "state", "created"),
)

# Uploaded files that are kept as they came, by the hash of their content. ``pages`` are the hashes of the pictures
# that were made of one, ``rows`` is the digest of its table. ``unused``: since when no announcement needs it, NULL if
# one does.
originals = Table(
    "originals",
    metadata,
    Column("hash", String, primary_key=True),
    Column("type", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("pages", columns.words, nullable=False, server_default="[]"),
    Column("rows", String, nullable=False, server_default=""),
    Column("unused", columns.Utc, index=True),
)

media = Table(
    "media",
    metadata,
    Column("hash", String, primary_key=True),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("type", String, nullable=False),
    Column("address", String, nullable=False, index=True),
    Column("seconds", Float, nullable=False, server_default="0"),
    # Only for files of the library (files that people uploaded). ``expires``: until when an unused file is kept.
    Column("area", String, ForeignKey("areas.slug")),
    Column("name", String, nullable=False, server_default=""),
    Column("alt", String, nullable=False, server_default=""),
    Column("added", columns.Utc),
    Column("added_by", String, nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("expires", columns.Utc),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("text", String, nullable=False),
    Column("link", String, nullable=False),
    Column("address", String, nullable=False),
    Column("created", columns.Utc, nullable=False),
    Column("seen", Boolean, nullable=False, server_default=false()),
    Column("due", columns.Utc, index=True),  # when mail is to be sent next, NULL for none
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("error", String, nullable=False, server_default=""),
    # What the message reports ("announcement.return") and the names in it: from these the desk writes its text in
    # the language of the reader.
    Column("kind", String, nullable=False, server_default=""),
    Column("words", columns.Json, nullable=False, server_default="{}"),
    # The Message-ID of the letter that the mail answers, "" if it answers none.
    Column("in_reply_to", String, nullable=False, server_default=""),
    Index(None, "person", "seen"),
    Index(None, "link", "seen"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("level", String, one_of("level", model.Level), nullable=False),
    Column("headline", String, nullable=False),
    Column("areas", columns.words, nullable=False),
    Column("issued", columns.Utc, nullable=False),
    Column("until", columns.Utc, nullable=False),
    Column("acts", columns.words, nullable=False),
    Column("danger", String, nullable=False),
    Column("risk", Integer, nullable=False),
    Column("sender", String, nullable=False),
    Column("exercise", Boolean, nullable=False),
    # The state "confirmed" is not used any more. It stays in the constraint, because to change a constraint SQLite
    # must rebuild the table, and receipts refer to it.
    Column("state", String, CheckConstraint(_NOTICE_STATES, name="state"), nullable=False),
    Column("created_by", String, nullable=False),
    Column("signed_by", String, nullable=False, server_default=""),
    Column("signed_at", columns.Utc),
    Column("confirmed_by", String, nullable=False, server_default=""),
    Column("broke_glass", Boolean, nullable=False, server_default=false()),
    Column("replaces", Integer),
    Column("ended", columns.Utc),
    Column("origin", String, nullable=False, server_default=""),
    Column("boards", columns.words, nullable=False, server_default="[]"),
    Column("language", String, nullable=False, server_default=""),
    Column("holds_until", columns.Utc),
    Column("threat", String, nullable=False, server_default=""),
    Column("calm", Boolean, nullable=False, server_default=false()),
    Column("description", String, nullable=False, server_default=""),
    Column("link", String, nullable=False, server_default=""),
    Column("pictures", columns.attachments, nullable=False, server_default="[]"),
    Index(None, "state", "until"),
    Index(None, "issued"),
    Index(None, "origin"),
)
