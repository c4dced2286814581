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


def downgrade() -> None:
    for name in ("pictures", "link", "description"):
        op.drop_column("notices", name)
