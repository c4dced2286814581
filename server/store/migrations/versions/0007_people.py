"""Adds people, their rights and login data, and the hash chain of the audit; run by Alembic."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def _text(*names: str, **more: Any) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False, **more) for name in names]


def _maybe(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=True) for name in names]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, target: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"))


def _once(table: str, column: str) -> sa.UniqueConstraint:
    return sa.UniqueConstraint(column, name=op.f(f"uq_{table}_{column}"))


def upgrade() -> None:
    _make_people()
    _make_grants()
    _make_passkeys()
    _make_sign_ins()
    _make_links()
    _make_seals()


def _make_people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer(), nullable=False),
        *_text("username", "name", "email"),
        *_maybe("password"),
        sa.Column("active", sa.Boolean(), nullable=False),
        *_text("language", server_default=""),
        _instant("made"),
        *_text("made_by", "fs_uniquifier"),
        *_maybe("fs_webauthn_user_handle", "tf_primary_method", "tf_totp_secret", "tf_phone_number"),
        sa.Column("mf_recovery_codes", sa.JSON(), nullable=True),
        sa.Column("totp_counter", sa.BigInteger(), nullable=False, server_default="0"),
        _key("people", "id"),
        *(_once("people", one) for one in ("username", "email", "fs_uniquifier", "fs_webauthn_user_handle")),
    )


def _make_grants() -> None:
    op.create_table(
        "grants",
        sa.Column("person", sa.Integer(), nullable=False),
        *_text("role", "area"),
        _key("grants", "person", "role", "area"),
        _refers("grants", "person", "people.id"),
        _refers("grants", "area", "areas.slug"),
        sa.CheckConstraint("role IN ('viewer', 'operator', 'editor', 'keeper')", name=op.f("ck_grants_role")),
    )


def _make_passkeys() -> None:
    op.create_table(
        "passkeys",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("person", sa.Integer(), nullable=False),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        *_text("name"),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        *_text("usage", "device_type"),
        sa.Column("backup_state", sa.Boolean(), nullable=False),
        sa.Column("transports", sa.JSON(), nullable=False),
        *_maybe("extensions"),
        _instant("made"),
        _instant("last_used"),
        _key("passkeys", "id"),
        _refers("passkeys", "person", "people.id"),
        _once("passkeys", "credential_id"),
    )
    op.create_index("ix_passkeys_person", "passkeys", ["person"])


def _make_sign_ins() -> None:
    op.create_table(
        "sign_ins",
        *_text("id"),
        sa.Column("person", sa.Integer(), nullable=False),
        _instant("began"),
        _instant("seen"),
        *_text("address", "agent"),
        _instant("factor_at", nullable=True),
        _instant("ended", nullable=True),
        _key("sign_ins", "id"),
        _refers("sign_ins", "person", "people.id"),
    )
    op.create_index("ix_sign_ins_person", "sign_ins", ["person"])


def _make_links() -> None:
    op.create_table(
        "links",
        *_text("digest", "purpose"),
        sa.Column("person", sa.Integer(), nullable=True),
        *_text("made_by"),
        _instant("made"),
        _instant("until"),
        _instant("used", nullable=True),
        _key("links", "digest"),
        _refers("links", "person", "people.id"),
    )


def _make_seals() -> None:
    # Not in a batch operation, which would rebuild the table on SQLite and lose its triggers.
    op.add_column("audit", sa.Column("address", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "audit_seals",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("upto", sa.Integer(), nullable=False),
        sa.Column("rows", sa.Integer(), nullable=False),
        _instant("at"),
        *_text("digest"),
        _key("audit_seals", "number"),
    )


def downgrade() -> None:
    op.drop_column("audit", "address")
    for table in ("audit_seals", "links", "sign_ins", "passkeys", "grants", "people"):
        op.drop_table(table)
