"""Tables of accounts, rights, sign-ins, one-time links, API tokens and the audit; used by server.store."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKey, Integer, LargeBinary, String, Table

from server.core import policy
from server.store.tables import columns
from server.store.tables.base import metadata, one_of

people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    # The name at login and in the audit; never reused for another person, so that the audit stays correct.
    Column("username", String, nullable=False, unique=True),
    Column("name", String, nullable=False),
    Column("email", String, nullable=False, unique=True),
    Column("password", String),
    Column("active", Boolean, nullable=False),
    Column("language", String, nullable=False, server_default=""),
    Column("made", columns.Utc, nullable=False),
    Column("made_by", String, nullable=False),
    # Columns of Flask-Security, under the names it requires.
    Column("fs_uniquifier", String, nullable=False, unique=True),
    Column("fs_webauthn_user_handle", String, unique=True),
    Column("tf_primary_method", String),
    Column("tf_totp_secret", String),
    Column("tf_phone_number", String),
    Column("mf_recovery_codes", columns.Json),
    Column("totp_counter", BigInteger, nullable=False, server_default="0"),
)

grants = Table(
    "grants",
    metadata,
    Column("person", Integer, ForeignKey("people.id"), primary_key=True),
    Column("role", String, one_of("role", policy.Role), primary_key=True),
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
    Column("transports", columns.Json, nullable=False),
    Column("extensions", String),
    Column("made", columns.Utc, nullable=False),
    Column("last_used", columns.Utc, nullable=False),
)

sign_ins = Table(
    "sign_ins",
    metadata,
    Column("id", String, primary_key=True),  # 32 hex digits, also in the signed session cookie
    Column("person", Integer, ForeignKey("people.id"), nullable=False, index=True),
    Column("began", columns.Utc, nullable=False),
    Column("seen", columns.Utc, nullable=False),
    Column("address", String, nullable=False),
    Column("agent", String, nullable=False),
    Column("factor_at", columns.Utc),  # when a second factor was last verified
    Column("ended", columns.Utc),
)

links = Table(
    "links",
    metadata,
    Column("digest", String, primary_key=True),  # SHA-256 of the link's token: who reads the store cannot use it
    Column("purpose", String, nullable=False),
    Column("person", Integer, ForeignKey("people.id")),
    Column("made_by", String, nullable=False),
    Column("made", columns.Utc, nullable=False),
    Column("until", columns.Utc, nullable=False),
    Column("used", columns.Utc),
)

resets = Table(
    "resets",
    metadata,
    Column("person", Integer, ForeignKey("people.id"), primary_key=True),
    Column("asked_by", String, nullable=False),
    Column("asked", columns.Utc, nullable=False),
)

tokens = Table(
    "tokens",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", String, nullable=False),
    Column("digest", String, nullable=False, unique=True),
    Column("rights", columns.words, nullable=False),
    Column("areas", columns.words, nullable=False),
    # The boards that "board.message" is for; it needs at least one.
    Column("boards", columns.words, nullable=False, server_default="[]"),
    Column("made_by", String, nullable=False),
    Column("made", columns.Utc, nullable=False),
    Column("until", columns.Utc, nullable=False),
    Column("last_used", columns.Utc),
    Column("revoked", columns.Utc),
)

audit = Table(
    "audit",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("at", columns.Utc, nullable=False),
    Column("actor", String, nullable=False),
    Column("act", String, nullable=False),
    Column("subject", String, nullable=False),
    Column("before", columns.Json),
    Column("after", columns.Json),
    Column("address", String, nullable=False, server_default=""),
)

audit_seals = Table(
    "audit_seals",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("upto", Integer, nullable=False),  # the id of the last row of ``audit`` that this link of the chain covers
    Column("rows", Integer, nullable=False),
    Column("at", columns.Utc, nullable=False),
    Column("digest", String, nullable=False),
)
