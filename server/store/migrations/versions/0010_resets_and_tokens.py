"""Adds resets of a login by two keepers, and API tokens; run by Alembic."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def _text(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False) for name in names]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "resets",
        sa.Column("person", sa.Integer(), nullable=False),
        *_text("asked_by"),
        _instant("asked"),
        sa.PrimaryKeyConstraint("person", name=op.f("pk_resets")),
        sa.ForeignKeyConstraint(["person"], ["people.id"], name=op.f("fk_resets_person")),
    )
    op.create_table(
        "tokens",
        sa.Column("id", sa.Integer(), nullable=False),
        *_text("name", "digest"),
        sa.Column("rights", sa.JSON(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        *_text("made_by"),
        _instant("made"),
        _instant("until"),
        _instant("last_used", nullable=True),
        _instant("revoked", nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tokens")),
        sa.UniqueConstraint("digest", name=op.f("uq_tokens_digest")),
    )


def downgrade() -> None:
    op.drop_table("tokens")
    op.drop_table("resets")
