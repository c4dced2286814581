"""Web Push: browsers, the areas that they chose, messages and their deliveries; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('sent', 'corrected', 'extended', 'cleared', 'reminder')"


def upgrade() -> None:
    op.create_table(
        "push_browsers",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("endpoint", sa.String(), nullable=False),
        sa.Column("p256dh", sa.String(), nullable=False),
        sa.Column("auth", sa.String(), nullable=False),
        sa.Column("language", sa.String(), nullable=False),
        sa.UniqueConstraint("digest", name="uq_push_browsers_digest"),
    )
    op.create_index("ix_push_browsers_host", "push_browsers", ["host"])
    op.create_table(
        "push_choices",
        sa.Column(
            "browser",
            sa.Integer(),
            sa.ForeignKey("push_browsers.id", ondelete="CASCADE", name="fk_push_choices_browser"),
            primary_key=True,
        ),
        sa.Column("area", sa.String(), primary_key=True),
        sa.Column("deadlines", sa.Boolean(), nullable=False, server_default=sa.false()),
    )
    op.create_index("ix_push_choices_area", "push_choices", ["area"])
    op.create_table(
        "push_messages",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("tag", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("notice", sa.Integer()),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("content", sa.JSON(), nullable=False),
        sa.UniqueConstraint("key", name="uq_push_messages_key"),
        sa.CheckConstraint(_KINDS, name="kind"),
    )
    for column in ("tag", "notice", "until"):
        op.create_index(f"ix_push_messages_{column}", "push_messages", [column])
    op.create_table(
        "push_deliveries",
        sa.Column(
            "message",
            sa.Integer(),
            sa.ForeignKey("push_messages.id", ondelete="CASCADE", name="fk_push_deliveries_message"),
            primary_key=True,
        ),
        sa.Column(
            "browser",
            sa.Integer(),
            sa.ForeignKey("push_browsers.id", ondelete="CASCADE", name="fk_push_deliveries_browser"),
            primary_key=True,
        ),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
    )
    for column in ("browser", "due"):
        op.create_index(f"ix_push_deliveries_{column}", "push_deliveries", [column])


def downgrade() -> None:
    for table in ("push_deliveries", "push_messages", "push_choices", "push_browsers"):
        op.drop_table(table)
