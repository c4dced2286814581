"""Adds columns for signature, confirmation, correction and end of notices; run by Alembic.

Notices that ended before this migration have no ``ended``; the audit says when they were cleared.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _added() -> list[sa.Column[object]]:
    return [
        sa.Column("signed_by", sa.String(), nullable=False, server_default=""),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by", sa.String(), nullable=False, server_default=""),
        sa.Column("broke_glass", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("replaces", sa.Integer(), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
    ]


def upgrade() -> None:
    for column in _added():
        op.add_column("notices", column)
    op.create_index("ix_notices_issued", "notices", ["issued"])


def downgrade() -> None:
    op.drop_index("ix_notices_issued", "notices")
    for column in reversed(_added()):
        op.drop_column("notices", column.name)
