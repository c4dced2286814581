"""Adds what the desk's workflow needs to announcements, media and notices; run by Alembic."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('text', 'pictures', 'pdf', 'table', 'video', 'link', 'contact')"
_STATES = "state IN ('drafted', 'confirmed', 'live', 'corrected', 'cleared', 'expired')"
_STATES_BEFORE = "state IN ('drafted', 'live', 'corrected', 'cleared', 'expired')"


def _text(name: str, default: str = "") -> sa.Column[str]:
    return sa.Column(name, sa.String(), nullable=False, server_default=default)


def _flag(name: str) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, server_default=sa.false())


def _number(name: str, default: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False, server_default=default)


def _added() -> list[sa.Column[Any]]:
    return [
        _text("kind", "text"),
        sa.Column("attachments", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("contact", sa.JSON(), nullable=True),
        _flag("sound"),
        _flag("priority"),
        _number("position", "0"),
        sa.Column("recurrence", sa.JSON(), nullable=True),
        _flag("template"),
        _number("version", "1"),
        sa.Column("edited", sa.DateTime(timezone=True), nullable=True),
        _text("edited_by"),
        _text("decided_by"),
        _text("reason"),
        sa.Column("replaces", sa.Integer(), nullable=True),
    ]


def upgrade() -> None:
    with op.batch_alter_table("announcements") as batch:
        for column in _added():
            batch.add_column(column)
        batch.create_check_constraint(op.f("ck_announcements_kind"), sa.text(_KINDS))
    op.create_table(
        "announcement_versions",
        sa.Column("announcement", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("replaced", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("body", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("announcement", "version", name=op.f("pk_announcement_versions")),
        sa.ForeignKeyConstraint(
            ["announcement"], ["announcements.id"], name=op.f("fk_announcement_versions_announcement")
        ),
    )
    with op.batch_alter_table("media") as batch:
        batch.add_column(sa.Column("seconds", sa.Float(), nullable=False, server_default="0"))
    _notice_states(_STATES)


def _notice_states(allowed: str) -> None:
    with op.batch_alter_table("notices") as batch:
        batch.drop_constraint(op.f("ck_notices_state"), type_="check")
        batch.create_check_constraint(op.f("ck_notices_state"), sa.text(allowed))


def downgrade() -> None:
    """Drop the columns and the table: kinds, attachments and versions of announcements are lost.

    Confirmed notices become drafts.
    """
    op.execute("UPDATE notices SET state = 'drafted' WHERE state = 'confirmed'")
    _notice_states(_STATES_BEFORE)
    with op.batch_alter_table("media") as batch:
        batch.drop_column("seconds")
    op.drop_table("announcement_versions")
    with op.batch_alter_table("announcements") as batch:
        batch.drop_constraint(op.f("ck_announcements_kind"), type_="check")
        for column in reversed(_added()):
            batch.drop_column(column.name)
