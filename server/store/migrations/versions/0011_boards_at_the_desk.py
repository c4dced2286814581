"""Adds settings of boards: panel diagonal, viewing distance, themes by date, sound; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("boards", sa.Column("diagonal", sa.Float(), nullable=True))
    op.add_column("boards", sa.Column("distance", sa.Float(), nullable=True))
    op.add_column("boards", sa.Column("days", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("boards", sa.Column("sound", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("sound", "days", "distance", "diagonal"):
        op.drop_column("boards", name)
