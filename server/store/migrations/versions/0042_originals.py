"""Uploaded files that are kept as they came, for the public pages of announcements; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("announcements", sa.Column("originals", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("uploads", sa.Column("original", sa.JSON()))
    op.create_table(
        "originals",
        sa.Column("hash", sa.String(), primary_key=True),
        sa.Column("type", sa.String(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("rows", sa.String(), nullable=False, server_default=""),
        sa.Column("unused", sa.DateTime(timezone=True)),
    )
    op.create_index("ix_originals_unused", "originals", ["unused"])


def downgrade() -> None:
    op.drop_table("originals")
    op.drop_column("uploads", "original")
    op.drop_column("announcements", "originals")
