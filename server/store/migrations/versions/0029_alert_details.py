"""The description, address and pictures of alerts on the boards; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0029"
down_revision = "0028"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("notices", sa.Column("description", sa.String(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("link", sa.String(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("pictures", sa.JSON(), nullable=False, server_default="[]"))
    op.create_table(
        "alert_pictures",
        sa.Column("source", sa.String(), sa.ForeignKey("sources.slug"), primary_key=True),
        sa.Column("address", sa.String(), primary_key=True),
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("hash", sa.String(), nullable=False, server_default=""),
        sa.Column("width", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("height", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_index("ix_alert_pictures_due", "alert_pictures", ["due"])
    op.create_index("ix_alert_pictures_asked", "alert_pictures", ["asked"])


def downgrade() -> None:
    op.drop_table("alert_pictures")
    for name in ("pictures", "link", "description"):
        op.drop_column("notices", name)
