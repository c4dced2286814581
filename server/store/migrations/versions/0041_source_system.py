"""The gateway to the source information system, owners of boards, airtime of proof, and adverts; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

_PRIORITIES = "priority IN ('normal', 'priority', 'urgent')"
_DAYS = """INSERT INTO play_days (board, day, count, milliseconds)
SELECT board, day, SUM(count), 0 FROM plays GROUP BY board, day"""


def upgrade() -> None:
    op.add_column("boards", sa.Column("owner", sa.String(), nullable=False, server_default="state"))
    op.add_column("boards", sa.Column("owner_name", sa.String(), nullable=False, server_default=""))
    op.add_column("boards", sa.Column("agreed_share", sa.Float()))
    op.add_column("announcements", sa.Column("advert", sa.Boolean(), nullable=False, server_default=sa.false()))
    op.add_column("plays", sa.Column("milliseconds", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_table(
        "play_days",
        sa.Column("board", sa.String(), sa.ForeignKey("boards.slug", name=op.f("fk_play_days_board")),
                  primary_key=True),
        sa.Column("day", sa.String(), primary_key=True),
        sa.Column("count", sa.BigInteger(), nullable=False),
        sa.Column("milliseconds", sa.BigInteger(), nullable=False),
    )  # fmt: skip
    op.execute(_DAYS)
    op.create_table(
        "source_bulletins",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("priority", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("start", sa.DateTime(timezone=True), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True)),
        sa.Column("replaces", sa.String(), nullable=False, server_default=""),
        sa.Column("recalled", sa.DateTime(timezone=True)),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
        sa.CheckConstraint(_PRIORITIES, name=op.f("ck_source_bulletins_priority")),
        sa.UniqueConstraint("number", name=op.f("uq_source_bulletins_number")),
    )
    op.create_index("ix_source_bulletins_received", "source_bulletins", ["received"])
    op.create_table(
        "source_items",
        sa.Column("bulletin", sa.Integer(),
                  sa.ForeignKey("source_bulletins.id", name=op.f("fk_source_items_bulletin")), primary_key=True),
        sa.Column("item", sa.String(), primary_key=True),
        sa.Column("ordered_by", sa.String(), nullable=False, server_default=""),
        sa.Column("ordered", sa.DateTime(timezone=True)),
    )  # fmt: skip
    op.create_index("ix_source_items_item", "source_items", ["item"])
    op.create_table(
        "source_reports",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("period", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("sent", sa.DateTime(timezone=True)),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.String(), nullable=False, server_default=""),
        sa.UniqueConstraint("message", name=op.f("uq_source_reports_message")),
        sa.UniqueConstraint("kind", "period", name=op.f("uq_source_reports_kind_period")),
    )
    op.create_index("ix_source_reports_due", "source_reports", ["due"])


def downgrade() -> None:
    op.drop_table("source_reports")
    op.drop_table("source_items")
    op.drop_table("source_bulletins")
    op.drop_table("play_days")
    op.drop_column("plays", "milliseconds")
    op.drop_column("announcements", "advert")
    for name in ("agreed_share", "owner_name", "owner"):
        op.drop_column("boards", name)
