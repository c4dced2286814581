"""Adds sent forms, the time of decision of announcements, and an index of their ``replaces``; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("announcements", sa.Column("decided", sa.DateTime(timezone=True)))
    op.create_index("ix_announcements_replaces", "announcements", ["replaces"])
    op.create_table(
        "sent_forms",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("person", sa.String(), nullable=False),
        sa.Column("announcement", sa.Integer(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_sent_forms")),
    )
    op.create_index("ix_sent_forms_sent", "sent_forms", ["sent"])


def downgrade() -> None:
    op.drop_index("ix_sent_forms_sent", "sent_forms")
    op.drop_table("sent_forms")
    op.drop_index("ix_announcements_replaces", "announcements")
    op.drop_column("announcements", "decided")
