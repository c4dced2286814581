"""Adds trials of addresses, and replaces the removed trust "alerts" of sources by "hold"; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("UPDATE sources SET trust = 'hold' WHERE trust = 'alerts'")
    op.create_table(
        "trials",
        *(sa.Column(name, sa.String(), nullable=False) for name in ("key", "person", "kind", "address")),
        sa.Column("source", sa.String()),
        sa.Column("page", sa.JSON(none_as_null=True)),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True)),
        sa.Column("complete", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("outcome", sa.JSON(none_as_null=True)),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_trials")),
    )
    op.create_index("ix_trials_made", "trials", ["made"])


def downgrade() -> None:
    op.drop_index("ix_trials_made", "trials")
    op.drop_table("trials")
