"""Removes the unused column ``sources.alerts``, what a CAP alert of the source should become; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_column("sources", "alerts")


def downgrade() -> None:
    op.add_column("sources", sa.Column("alerts", sa.String(), nullable=False, server_default="none"))
