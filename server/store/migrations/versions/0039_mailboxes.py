"""Mailboxes as sources: their settings, the letters that were read, and mails that answer a letter; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("sources", sa.Column("mail", sa.JSON()))
    op.add_column("messages", sa.Column("in_reply_to", sa.String(), nullable=False, server_default=""))
    op.create_table(
        "letters",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("source", sa.String(), sa.ForeignKey("sources.slug"), nullable=False),
        sa.Column("validity", sa.BigInteger(), nullable=False),
        sa.Column("uid", sa.BigInteger(), nullable=False),
        sa.Column("message_id", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("arrived", sa.DateTime(timezone=True), nullable=False),
        sa.Column("read", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
        sa.Column("detail", sa.String(), nullable=False, server_default=""),
        sa.Column("announcement", sa.Integer(), sa.ForeignKey("announcements.id")),
        sa.Column("told", sa.String(), nullable=False, server_default=""),
        sa.UniqueConstraint("source", "validity", "uid", name="uq_letters_source_validity_uid"),
    )
    op.create_index("ix_letters_announcement", "letters", ["announcement"])
    op.create_index("ix_letters_source_message_id", "letters", ["source", "message_id"])
    op.create_index("ix_letters_source_read", "letters", ["source", "read"])
    op.create_index("ix_letters_sender_read", "letters", ["sender", "read"])


def downgrade() -> None:
    op.drop_table("letters")
    op.drop_column("messages", "in_reply_to")
    op.drop_column("sources", "mail")
