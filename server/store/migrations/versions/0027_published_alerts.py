"""The CAP documents issued about notices, and how near and grave a danger the editor sees; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

_INDEXES = ("chain", "notice", "ends", "sent")


def upgrade() -> None:
    op.add_column("notices", sa.Column("threat", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "published_alerts",
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("chain", sa.String(), nullable=False),
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends", sa.DateTime(timezone=True), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("identifier", name="pk_published_alerts"),
        sa.CheckConstraint("kind IN ('Alert', 'Update', 'Cancel')", name="kind"),
    )
    for name in _INDEXES:
        op.create_index(f"ix_published_alerts_{name}", "published_alerts", [name])


def downgrade() -> None:
    for name in _INDEXES:
        op.drop_index(f"ix_published_alerts_{name}", "published_alerts")
    op.drop_table("published_alerts")
    op.drop_column("notices", "threat")
