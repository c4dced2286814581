"""Requests and subscriptions of the WebSub hub; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0033"
down_revision = "0032"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "websub_requests",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("callback", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False, server_default=""),
        sa.Column("lease", sa.Float(), nullable=False),
        sa.Column("network", sa.String(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("claimed", sa.DateTime(timezone=True)),
        sa.Column("done", sa.DateTime(timezone=True)),
        sa.CheckConstraint("mode IN ('subscribe', 'unsubscribe', 'denied')", name=op.f("ck_websub_requests_mode")),
    )
    op.create_index("ix_websub_requests_network_asked", "websub_requests", ["network", "asked"])
    op.create_index("ix_websub_requests_host_asked", "websub_requests", ["host", "asked"])
    op.create_index("ix_websub_requests_done_asked", "websub_requests", ["done", "asked"])
    op.create_table(
        "websub_subscriptions",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("topic", sa.String(), nullable=False),
        sa.Column("callback", sa.String(), nullable=False),
        sa.Column("host", sa.String(), nullable=False),
        sa.Column("secret", sa.String(), nullable=False, server_default=""),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("wanted", sa.String(), nullable=False),
        sa.Column("sent", sa.String(), nullable=False),
        sa.Column("due", sa.DateTime(timezone=True)),
        sa.Column("claimed", sa.DateTime(timezone=True)),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("given_up", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("ended", sa.DateTime(timezone=True)),
        sa.UniqueConstraint("topic", "callback", name="uq_websub_subscriptions_topic_callback"),
    )
    op.create_index("ix_websub_subscriptions_host", "websub_subscriptions", ["host"])
    op.create_index("ix_websub_subscriptions_expires", "websub_subscriptions", ["expires"])
    op.create_index("ix_websub_subscriptions_due", "websub_subscriptions", ["due"])


def downgrade() -> None:
    op.drop_table("websub_subscriptions")
    op.drop_table("websub_requests")
