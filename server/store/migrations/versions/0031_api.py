"""Requests and limits of the HTTP API, and the boards of a key; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("tokens", sa.Column("boards", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "api_requests",
        sa.Column("token", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("began", sa.DateTime(timezone=True), nullable=False),
        sa.Column("status", sa.Integer()),
        sa.Column("type", sa.String(), nullable=False, server_default=""),
        sa.Column("body", sa.LargeBinary()),
    )
    op.create_index("ix_api_requests_began", "api_requests", ["began"])
    op.create_table(
        "api_buckets",
        sa.Column("token", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), primary_key=True),
        sa.Column("level", sa.Float(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_announcements_created_id", "announcements", ["created", "id"])


def downgrade() -> None:
    op.drop_index("ix_announcements_created_id", "announcements")
    op.drop_table("api_buckets")
    op.drop_table("api_requests")
    op.drop_column("tokens", "boards")
