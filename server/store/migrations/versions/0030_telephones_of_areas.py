"""Adds the telephone number of an area's duty office, for public pages; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0030"
down_revision = "0029"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("areas", sa.Column("telephone", sa.String(), nullable=False, server_default=""))


def downgrade() -> None:
    op.drop_column("areas", "telephone")
