"""Adds the time when a server last read the store, so that commands can warn if none is running; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("store", sa.Column("server_seen", sa.DateTime(timezone=True)))


def downgrade() -> None:
    op.drop_column("store", "server_seen")
