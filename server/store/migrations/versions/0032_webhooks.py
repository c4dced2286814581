"""Webhooks, the events that they report, and their deliveries; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

_STATES = "state IN ('waiting', 'sent', 'failed', 'obsolete')"


def upgrade() -> None:
    op.create_table(
        "webhooks",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("url", sa.String(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("events", sa.JSON(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("old_secret", sa.String(), nullable=False, server_default=""),
        sa.Column("old_until", sa.DateTime(timezone=True)),
        sa.Column("made", sa.DateTime(timezone=True), nullable=False),
        sa.Column("made_by", sa.String(), nullable=False),
        sa.Column("off", sa.DateTime(timezone=True)),
        sa.Column("gone", sa.DateTime(timezone=True)),
        sa.Column("claimed", sa.DateTime(timezone=True)),
        sa.Column("not_before", sa.DateTime(timezone=True)),
        sa.Column("told", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "webhook_events",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("boards", sa.JSON(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
    )
    op.create_table(
        "webhook_subjects",
        sa.Column("subject", sa.String(), primary_key=True),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.Column("told", sa.DateTime(timezone=True)),
    )
    op.create_table(
        "webhook_deliveries",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("webhook", sa.Integer(), sa.ForeignKey("webhooks.id", name=op.f("fk_webhook_deliveries_webhook")),
                  nullable=False),
        sa.Column("message", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("obsolete", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("last_try", sa.DateTime(timezone=True)),
        sa.Column("status", sa.Integer()),
        sa.Column("error", sa.String(), nullable=False, server_default=""),
        sa.CheckConstraint(_STATES, name=op.f("ck_webhook_deliveries_state")),
        sa.UniqueConstraint("message", name=op.f("uq_webhook_deliveries_message")),
    )  # fmt: skip
    op.create_index("ix_webhook_deliveries_webhook_id", "webhook_deliveries", ["webhook", "id"])
    op.create_index("ix_webhook_deliveries_webhook_state_due", "webhook_deliveries", ["webhook", "state", "due"])
    op.create_index("ix_webhook_deliveries_subject_state", "webhook_deliveries", ["subject", "state"])
    op.create_index("ix_webhook_deliveries_created", "webhook_deliveries", ["created"])


def downgrade() -> None:
    op.drop_table("webhook_deliveries")
    op.drop_table("webhook_subjects")
    op.drop_table("webhook_events")
    op.drop_table("webhooks")
