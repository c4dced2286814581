"""Adds point and outline of areas, and whether the desk has set them; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("areas", sa.Column("point", sa.JSON(), nullable=True))
    op.add_column("areas", sa.Column("outline", sa.Text(), nullable=True))
    op.add_column("areas", sa.Column("placed_at_desk", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for name in ("placed_at_desk", "outline", "point"):
        op.drop_column("areas", name)
