"""Adds autosaved forms, uploads, messages to people and the media library; run by Alembic."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_STATES = "state IN ('waiting', 'working', 'done', 'refused')"


def _text(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False)


def _empty(name: str) -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _list(name: str) -> sa.Column[Any]:
    return sa.Column(name, sa.JSON(), nullable=False, server_default="[]")


def upgrade() -> None:
    _make_typed()
    _make_uploads()
    _make_messages()
    with op.batch_alter_table("media") as batch:
        batch.add_column(sa.Column("area", sa.String(), nullable=True))
        batch.add_column(_empty("name"))
        batch.add_column(_empty("alt"))
        batch.add_column(_instant("added", nullable=True))
        batch.add_column(_empty("added_by"))
        batch.add_column(sa.Column("size", sa.BigInteger(), nullable=False, server_default="0"))
        batch.add_column(_instant("expires", nullable=True))
        batch.create_foreign_key(op.f("fk_media_area"), "areas", ["area"], ["slug"])


def _make_typed() -> None:
    op.create_table(
        "typed",
        _text("key"),
        _text("person"),
        sa.Column("announcement", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        _instant("saved"),
        sa.Column("form", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_typed")),
    )
    op.create_index("ix_typed_person", "typed", ["person"])


def _make_uploads() -> None:
    op.create_table(
        "uploads",
        _text("key"),
        _text("person"),
        _text("area"),
        _text("name"),
        sa.Column("size", sa.BigInteger(), nullable=False),
        _text("state"),
        _instant("created"),
        _instant("leased_until", nullable=True),
        _empty("reason"),
        _list("attachments"),
        _list("table"),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_uploads")),
        sa.ForeignKeyConstraint(["area"], ["areas.slug"], name=op.f("fk_uploads_area")),
        sa.CheckConstraint(_STATES, name=op.f("ck_uploads_state")),
    )
    op.create_index("ix_uploads_state_created", "uploads", ["state", "created"])


def _make_messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Integer(), nullable=False),
        _text("person"),
        _text("subject"),
        _text("text"),
        _text("link"),
        _text("address"),
        _instant("created"),
        sa.Column("seen", sa.Boolean(), nullable=False, server_default=sa.false()),
        _instant("due", nullable=True),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        _empty("error"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_messages")),
    )
    op.create_index("ix_messages_due", "messages", ["due"])
    op.create_index("ix_messages_person_seen", "messages", ["person", "seen"])


def downgrade() -> None:
    """Drop the tables: autosaved forms, messages and uploads are lost; announcements and their files stay."""
    with op.batch_alter_table("media") as batch:
        batch.drop_constraint(op.f("fk_media_area"), type_="foreignkey")
        for name in ("expires", "size", "added_by", "added", "alt", "name", "area"):
            batch.drop_column(name)
    for table in ("messages", "uploads", "typed"):
        op.drop_table(table)
