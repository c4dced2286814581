"""Notices that are made from alerts: their origin, boards, language and how long they hold the glass; for Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

_ADDED = ("origin", "boards", "language", "holds_until")


def upgrade() -> None:
    op.add_column("notices", sa.Column("origin", sa.String(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("boards", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("notices", sa.Column("language", sa.String(), nullable=False, server_default=""))
    op.add_column("notices", sa.Column("holds_until", sa.DateTime(timezone=True), nullable=True))
    op.create_index("ix_notices_origin", "notices", ["origin"])


def downgrade() -> None:
    op.drop_index("ix_notices_origin", "notices")
    for name in _ADDED:
        op.drop_column("notices", name)
