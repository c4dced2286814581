"""Level, owning body, answerable person and former names of areas, and dated changes of the tree; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None

_TEXTS = ("kind", "owner", "answerable")


def upgrade() -> None:
    for name in _TEXTS:
        op.add_column("areas", sa.Column(name, sa.String(), nullable=False, server_default=""))
    op.add_column("areas", sa.Column("former_names", sa.JSON(), nullable=False, server_default="[]"))
    op.add_column("areas", sa.Column("merged_into", sa.String()))
    op.create_table(
        "area_plans",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("area", sa.String(), sa.ForeignKey("areas.slug"), nullable=False),
        sa.Column("target", sa.String(), sa.ForeignKey("areas.slug"), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True), nullable=False),
        sa.Column("planned_by", sa.String(), nullable=False),
        sa.Column("planned", sa.DateTime(timezone=True), nullable=False),
        sa.Column("done", sa.DateTime(timezone=True)),
        sa.Column("obstacle", sa.String(), nullable=False, server_default=""),
        sa.Column("changes", sa.JSON()),
        sa.CheckConstraint("kind IN ('move', 'merge')", name=op.f("ck_area_plans_kind")),
    )
    op.create_index("ix_area_plans_due", "area_plans", ["due"])


def downgrade() -> None:
    op.drop_table("area_plans")
    for name in ("merged_into", "former_names", *reversed(_TEXTS)):
        op.drop_column("areas", name)
