"""Adds ``kind`` and ``words`` to messages; the desk makes texts of them in the reader's language. Run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("messages", sa.Column("kind", sa.String(), nullable=False, server_default=""))
    op.add_column("messages", sa.Column("words", sa.JSON(), nullable=False, server_default="{}"))
    op.create_index("ix_messages_link_seen", "messages", ["link", "seen"])


def downgrade() -> None:
    op.drop_index("ix_messages_link_seen", "messages")
    op.drop_column("messages", "words")
    op.drop_column("messages", "kind")
