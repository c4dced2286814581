"""Adds a column that marks rows made or changed at the desk, which config.toml must not change; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

_SEEDED = ("areas", "sources", "boards")


def upgrade() -> None:
    for table in _SEEDED:
        op.add_column(table, sa.Column("of_the_desk", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    for table in _SEEDED:
        op.drop_column(table, "of_the_desk")
