"""Every table of the store, columns named like the fields of core/model.py; used by the store only.

A change here needs a migration beside it: a test compares both. State words are checked by the database too,
so that a typing error in a repair by hand cannot put something on the glass.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import TYPE_CHECKING, Any, get_args

from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    UniqueConstraint,
    false,
    true,
)

from server.core import model, policy
from server.store import columns as as_

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)


def columns_of(table: Table, made: type[DataclassInstance]) -> Sequence[Column[Any]]:
    """Those columns of ``table`` that a ``made`` is made of, in its order; what is no column is known otherwise."""
    return [table.c[field.name] for field in fields(made) if field.name in table.c]


def values_of(value: DataclassInstance) -> dict[str, Any]:
    """The row of a value; unlike ``asdict`` it leaves what is inside as it is, for the column types to pack."""
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _one_of(column: str, literal: object) -> CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in get_args(literal))
    return CheckConstraint(f"{column} IN ({listed})", name=column)


def _retired() -> Column[bool]:
    """True for what config once seeded and names no longer: kept for what refers to it, shown to nobody."""
    return Column("retired", Boolean, nullable=False, server_default=false())


def _of_the_desk() -> Column[bool]:
    """True for what was made or changed at the desk: config seeds it no more, and does not retire it."""
    return Column("of_the_desk", Boolean, nullable=False, server_default=false())


store = Table(
    "store",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="only_row"), primary_key=True),
    Column("revision", BigInteger, nullable=False),
    Column("epoch", String, nullable=False),
    # Counts changes of screens apart from it: pairing one composes no lap anew.
    Column("screens_revision", BigInteger, nullable=False, server_default="0"),
)

areas = Table(
    "areas",
    metadata,
    Column("slug", String, primary_key=True),
    Column("name", String, nullable=False),
    # Deferred: config may name a commune before its province.
    Column("parent", String, ForeignKey("areas.slug", deferrable=True, initially="DEFERRED")),
    Column("codes", as_.words, nullable=False),
    Column("phone", String, nullable=False),
    Column("position", Integer, nullable=False),
    _retired(),
    _of_the_desk(),
)

sources = Table(
    "sources",
    metadata,
    Column("slug", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("url", String, nullable=False),
    Column("label", String, nullable=False),
    Column("area", String, ForeignKey("areas.slug")),
    Column("every", as_.Seconds, nullable=False),
    Column("trust", String, nullable=False),
    Column("alerts", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("user_agent", String, nullable=False),
    Column("ca_bundle", String, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("adaptive", Boolean, nullable=False, server_default=false()),
    Column("page", as_.page_rules),
    Column("position", Integer, nullable=False),
    _retired(),
    _of_the_desk(),
)

source_states = Table(
    "source_states",
    metadata,
    Column("slug", String, ForeignKey("sources.slug"), primary_key=True),
    Column("next_fetch_at", as_.Utc, nullable=False, index=True),
    Column("etag", String, nullable=False, server_default=""),
    Column("last_modified", String, nullable=False, server_default=""),
    Column("body_hash", String, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_good", as_.Utc),
    Column("last_error", String, nullable=False, server_default=""),
    Column("gone", Boolean, nullable=False, server_default=false()),
    Column("last_try", as_.Utc),
    Column("last_new", as_.Utc),
    Column("gap", as_.Seconds),
    Column("age", as_.Seconds),
    Column("moved_to", String, nullable=False, server_default=""),
    Column("moved_since", as_.Utc),
    Column("warning", String, nullable=False, server_default=""),
    Column("leased_by", String),
    Column("leased_until", as_.Utc),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("identity", String, nullable=False),
    Column("title", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("link", String, nullable=False),
    Column("canonical", String, nullable=False),
    Column("published", as_.Utc, nullable=False),
    Column("first_seen", as_.Utc, nullable=False),
    Column("state", String, _one_of("state", model.StoryState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("image", String),
    Column("image_address", String, nullable=False),
    Column("image_alt", String, nullable=False),
    Column("language", String, nullable=False),
    Column("table", as_.grid, nullable=False),
    Column("same_as", Integer),  # the first story that tells the same, of whatever source
    Column("checked", as_.Utc),  # when its page was last asked whether it is still there
    Column("listed", Boolean, nullable=False, server_default=true()),  # whether the last reading had it
    UniqueConstraint("source", "identity"),
    Index(None, "source", "state", "published", "id"),
    Index(None, "canonical"),
    Index(None, "same_as"),
    Index(None, "published"),
)

story_versions = Table(
    "story_versions",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("link", String, nullable=False),
    Column("image", String),
    Column("table", as_.grid, nullable=False),
    Column("state", String, nullable=False),
    Column("replaced", as_.Utc, nullable=False),
)

announcements = Table(
    "announcements",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("title", String, nullable=False),
    Column("text", String, nullable=False),
    Column("windows", as_.windows, nullable=False),
    Column("ends", as_.Utc),  # the latest end of its windows, NULL where one has none: what for_board searches
    Column("created", as_.Utc, nullable=False),
    Column("created_by", String, nullable=False),
    Column("boards", as_.words, nullable=False),
    Column("link", String, nullable=False),
    Column("table", as_.grid, nullable=False),
    Column("longest_gap", as_.Seconds),
    Column("state", String, _one_of("state", model.AnnouncementState), nullable=False),
    Column("kind", String, _one_of("kind", model.AnnouncementKind), nullable=False, server_default="text"),
    Column("attachments", as_.attachments, nullable=False, server_default="[]"),
    Column("contact", as_.contact),
    Column("sound", Boolean, nullable=False, server_default=false()),
    Column("priority", Boolean, nullable=False, server_default=false()),
    Column("position", Integer, nullable=False, server_default="0"),
    Column("recurrence", as_.recurrence),
    Column("template", Boolean, nullable=False, server_default=false()),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("edited", as_.Utc),
    Column("edited_by", String, nullable=False, server_default=""),
    Column("decided_by", String, nullable=False, server_default=""),
    Column("reason", String, nullable=False, server_default=""),
    Column("replaces", Integer),
    Index(None, "area", "state", "ends"),
)

announcement_versions = Table(
    "announcement_versions",
    metadata,
    Column("announcement", Integer, ForeignKey("announcements.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("replaced", as_.Utc, nullable=False),
    Column("by", String, nullable=False),
    Column("body", JSON, nullable=False),
)

# What somebody is typing: raw answers of the form, saved while they type, so that nothing is lost by a dropped
# connection. Not in the audit: it is nobody's word yet.
typed = Table(
    "typed",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, nullable=False, index=True),
    Column("announcement", Integer),
    Column("version", Integer),
    Column("saved", as_.Utc, nullable=False),
    Column("form", JSON, nullable=False),
)

uploads = Table(
    "uploads",
    metadata,
    Column("key", String, primary_key=True),
    Column("person", String, nullable=False),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("name", String, nullable=False),
    Column("size", BigInteger, nullable=False),
    Column("state", String, _one_of("state", model.UploadState), nullable=False),
    Column("created", as_.Utc, nullable=False),
    Column("leased_until", as_.Utc),
    Column("reason", String, nullable=False, server_default=""),
    Column("attachments", as_.attachments, nullable=False, server_default="[]"),
    Column("table", as_.grid, nullable=False, server_default="[]"),
    Index(None, "state", "created"),
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
    Column("created", as_.Utc, nullable=False),
    Column("seen", Boolean, nullable=False, server_default=false()),
    Column("due", as_.Utc, index=True),  # when mail is to be sent next, NULL where none is
    Column("tries", Integer, nullable=False, server_default="0"),
    Column("error", String, nullable=False, server_default=""),
    Index(None, "person", "seen"),
)

notices = Table(
    "notices",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("level", String, _one_of("level", model.Level), nullable=False),
    Column("headline", String, nullable=False),
    Column("areas", as_.words, nullable=False),
    Column("issued", as_.Utc, nullable=False),
    Column("until", as_.Utc, nullable=False),
    Column("acts", as_.words, nullable=False),
    Column("danger", String, nullable=False),
    Column("risk", Integer, nullable=False),
    Column("sender", String, nullable=False),
    Column("exercise", Boolean, nullable=False),
    Column("state", String, _one_of("state", model.NoticeState), nullable=False),
    Column("created_by", String, nullable=False),
    Column("signed_by", String, nullable=False, server_default=""),
    Column("signed_at", as_.Utc),
    Column("confirmed_by", String, nullable=False, server_default=""),
    Column("broke_glass", Boolean, nullable=False, server_default=false()),
    Column("replaces", Integer),
    Column("ended", as_.Utc),
    Index(None, "state", "until"),
    Index(None, "issued"),
)

boards = Table(
    "boards",
    metadata,
    Column("slug", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("public", Boolean, nullable=False),
    Column("theme", String, nullable=False),
    Column("format", as_.board_format, nullable=False),
    Column("lanes", as_.lanes, nullable=False),
    Column("point", as_.point),
    Column("hours", as_.hours, nullable=False),
    Column("zone", String, nullable=False),
    Column("language", String, nullable=False),
    Column("upper_share", Float, nullable=False),
    Column("mode", String, _one_of("mode", model.Mode), nullable=False),
    Column("position", Integer, nullable=False),
    _retired(),
    _of_the_desk(),
)

laps = Table(
    "laps",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("number", BigInteger, nullable=False),
    Column("revision", BigInteger, nullable=False),
    Column("body", String, nullable=False),
)

# What was agreed before, so that "what did this board show on Tuesday at 7:30" has an answer.
aired_laps = Table(
    "aired_laps",
    metadata,
    Column("board", String, ForeignKey("boards.slug"), primary_key=True),
    Column("number", BigInteger, primary_key=True),
    Column("start", BigInteger, nullable=False),  # the lap's start, ms since 1970 UTC
    Column("body", as_.Zipped, nullable=False),
    Index(None, "board", "start"),
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
    # Of what people uploaded: whose it is, what it is called, and until when it is kept where nothing uses it.
    Column("area", String, ForeignKey("areas.slug")),
    Column("name", String, nullable=False, server_default=""),
    Column("alt", String, nullable=False, server_default=""),
    Column("added", as_.Utc),
    Column("added_by", String, nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("expires", as_.Utc),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", as_.Utc, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("before", JSON(none_as_null=True)),
    Column("after", JSON(none_as_null=True)),
    Column("address", String, nullable=False, server_default=""),
)

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    # The name in the audit and at the door; never given to anybody else, so that the audit stays true.
    Column("username", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False, unique=True),
    Column("password", String),
    Column("active", Boolean, nullable=False),
    Column("language", String, nullable=False, server_default=""),
    Column("made", as_.Utc, nullable=False),
    Column("made_by", String, nullable=False),
    # What Flask-Security keeps of an account, under the names it knows.
    Column("fs_uniquifier", String, nullable=False, unique=True),
    Column("fs_webauthn_user_handle", String, unique=True),
    Column("tf_primary_method", String),
    Column("tf_totp_secret", String),
    Column("tf_phone_number", String),
    Column("mf_recovery_codes", JSON(none_as_null=True)),
    Column("totp_counter", BigInteger, nullable=False, server_default="0"),
)

grants = Table(
    "grants",
    metadata,
    Column("person", Integer, ForeignKey("people.id"), primary_key=True),
    Column("role", String, _one_of("role", policy.Role), primary_key=True),
    Column("area", String, ForeignKey("areas.slug"), primary_key=True),
)

passkeys = Table(
    "passkeys",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("person", Integer, ForeignKey("people.id"), nullable=False, index=True),
    Column("credential_id", LargeBinary, nullable=False, unique=True),
    Column("public_key", LargeBinary, nullable=False),
    Column("name", String, nullable=False),
    Column("sign_count", BigInteger, nullable=False),
    Column("usage", String, nullable=False),
    Column("device_type", String, nullable=False),
    Column("backup_state", Boolean, nullable=False),
    Column("transports", JSON, nullable=False),
    Column("extensions", String),
    Column("made", as_.Utc, nullable=False),
    Column("last_used", as_.Utc, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", String, primary_key=True),  # what the signed cookie names; 32 hex
    Column("person", Integer, ForeignKey("people.id"), nullable=False, index=True),
    Column("began", as_.Utc, nullable=False),
    Column("seen", as_.Utc, nullable=False),
    Column("address", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("factor_at", as_.Utc),  # when a second factor was last shown
    Column("ended", as_.Utc),
)

links = Table(
    "links",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the token: who reads the store cannot use it
    Column("purpose", String, nullable=False),
    Column("person", Integer, ForeignKey("people.id")),
    Column("made_by", String, nullable=False),
    Column("made", as_.Utc, nullable=False),
    Column("until", as_.Utc, nullable=False),
    Column("used", as_.Utc),
)

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("upto", Integer, nullable=False),  # the last row of the audit that it covers
    Column("rows", Integer, nullable=False),
    Column("at", as_.Utc, nullable=False),
    Column("digest", String, nullable=False),
)

resets = Table(
    "resets",
    metadata,
    Column("person", Integer, ForeignKey("people.id"), primary_key=True),
    Column("asked_by", String, nullable=False),
    Column("asked", as_.Utc, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("rights", as_.words, nullable=False),
    Column("areas", as_.words, nullable=False),
    Column("made_by", String, nullable=False),
    Column("made", as_.Utc, nullable=False),
    Column("until", as_.Utc, nullable=False),
    Column("last_used", as_.Utc),
    Column("revoked", as_.Utc),
)
