"""Adds columns for list pages, adaptive intervals, health and redirects of sources, and for duplicates of stories.

Run by Alembic.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def _instant(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=True)


def _text(name: str) -> sa.Column[object]:
    return sa.Column(name, sa.String(), nullable=False, server_default="")


def _added() -> dict[str, list[sa.Column[object]]]:
    return {
        "sources": [
            sa.Column("adaptive", sa.Boolean(), nullable=False, server_default=sa.false()),
            sa.Column("page", sa.JSON(), nullable=True),
        ],
        "source_states": [
            _instant("last_try"),
            _instant("last_new"),
            sa.Column("gap", sa.Float(), nullable=True),
            sa.Column("age", sa.Float(), nullable=True),
            _text("moved_to"),
            _instant("moved_since"),
            _text("warning"),
        ],
        "stories": [
            sa.Column("same_as", sa.Integer(), nullable=True),
            _instant("checked"),
            sa.Column("listed", sa.Boolean(), nullable=False, server_default=sa.true()),
        ],
    }


_INDEXES = ("canonical", "same_as", "published")


def upgrade() -> None:
    for table, columns in _added().items():
        for column in columns:
            op.add_column(table, column)
    for indexed in _INDEXES:
        op.create_index(f"ix_stories_{indexed}", "stories", [indexed])


def downgrade() -> None:
    for indexed in _INDEXES:
        op.drop_index(f"ix_stories_{indexed}", "stories")
    for table, columns in _added().items():
        for column in reversed(columns):
            op.drop_column(table, column.name)
