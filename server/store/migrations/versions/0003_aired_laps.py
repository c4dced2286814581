"""Adds the table of past laps, from which the desk's timeline reads what a board has shown; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "aired_laps",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("board", "number", name=op.f("pk_aired_laps")),
        sa.ForeignKeyConstraint(["board"], ["boards.slug"], name=op.f("fk_aired_laps_board")),
    )
    op.create_index("ix_aired_laps_board_start", "aired_laps", ["board", "start"])


def downgrade() -> None:
    op.drop_table("aired_laps")
