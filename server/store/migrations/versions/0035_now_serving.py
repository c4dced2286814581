"""Numbers that the counters of a hall serve, and the settings of boards that show them; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("boards", sa.Column("serving", sa.String(), nullable=False, server_default="off"))
    op.add_column("boards", sa.Column("serving_every", sa.Integer(), nullable=False, server_default="5"))
    op.add_column("boards", sa.Column("chime", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.create_table(
        "now_serving",
        sa.Column("board", sa.String(), sa.ForeignKey("boards.slug"), primary_key=True),
        sa.Column("counters", sa.JSON(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("paced", sa.DateTime(timezone=True), nullable=False),
    )


def downgrade() -> None:
    op.drop_table("now_serving")
    for name in ("chime", "serving_every", "serving"):
        op.drop_column("boards", name)
