"""Received alerts: documents, polls, decisions, notices made of them, settings of their sources; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

_TABLES = (
    "alert_notices",
    "alert_decisions",
    "alert_links",
    "alert_polls",
    "alert_states",
    "alert_documents",
    "alert_bodies",
)


def upgrade() -> None:
    op.add_column("sources", sa.Column("cap", sa.JSON(), nullable=True))
    _documents()
    _polls()
    _decisions()


def _documents() -> None:
    op.create_table(
        "alert_bodies",
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_alert_bodies"),
    )
    op.create_table(
        "alert_documents",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("document", sa.LargeBinary(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.slug"], name="fk_alert_documents_source"),
        sa.PrimaryKeyConstraint("id", name="pk_alert_documents"),
        sa.UniqueConstraint("source", "digest", name="uq_alert_documents_source_digest"),
    )
    op.create_index("ix_alert_documents_body", "alert_documents", ["body"])
    op.create_index("ix_alert_documents_received", "alert_documents", ["received"])
    op.create_index("ix_alert_documents_source_identifier", "alert_documents", ["source", "identifier"])
    op.create_table(
        "alert_states",
        sa.Column("document", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("why", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("boards", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("level", sa.String(), nullable=False, server_default=""),
        sa.Column("since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["document"], ["alert_documents.id"], name="fk_alert_states_document"),
        sa.PrimaryKeyConstraint("document", name="pk_alert_states"),
    )
    op.create_index("ix_alert_states_state", "alert_states", ["state"])


def _polls() -> None:
    op.create_table(
        "alert_polls",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("first_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_try", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_good", sa.DateTime(timezone=True), nullable=True),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
        sa.Column("cut", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("silent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("held_since", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_by", sa.String(), nullable=False, server_default=""),
        sa.Column("absences", sa.JSON(), nullable=False, server_default="[]"),
        sa.ForeignKeyConstraint(["source"], ["sources.slug"], name="fk_alert_polls_source"),
        sa.PrimaryKeyConstraint("source", name="pk_alert_polls"),
    )
    op.create_table(
        "alert_links",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("fingerprint", sa.String(), nullable=False),
        sa.Column("read", sa.String(), nullable=False, server_default=""),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("listed", sa.Boolean(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("tried", sa.DateTime(timezone=True), nullable=True),
        sa.Column("permanent", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("reason", sa.String(), nullable=False, server_default=""),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("documents", sa.JSON(), nullable=False, server_default="[]"),
        sa.ForeignKeyConstraint(["source"], ["sources.slug"], name="fk_alert_links_source"),
        sa.PrimaryKeyConstraint("source", "address", name="pk_alert_links"),
    )
    op.create_index("ix_alert_links_seen", "alert_links", ["seen"])


def _decisions() -> None:
    op.create_table(
        "alert_decisions",
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.Column("approved", sa.DateTime(timezone=True), nullable=True),
        sa.Column("approved_by", sa.String(), nullable=False, server_default=""),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), nullable=False, server_default=""),
        sa.Column("rejected", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("areas", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("changed", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["source"], ["sources.slug"], name="fk_alert_decisions_source"),
        sa.PrimaryKeyConstraint("source", "sender", "identifier", "sent", name="pk_alert_decisions"),
    )
    op.create_index("ix_alert_decisions_changed", "alert_decisions", ["changed"])
    op.create_table(
        "alert_notices",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=False),
        sa.Column("info", sa.Integer(), nullable=False),
        sa.Column("shown", sa.String(), nullable=False),
        sa.Column("told", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name="fk_alert_notices_notice"),
        sa.ForeignKeyConstraint(["source"], ["sources.slug"], name="fk_alert_notices_source"),
        sa.PrimaryKeyConstraint("notice", name="pk_alert_notices"),
    )
    op.create_index("ix_alert_notices_source_sent", "alert_notices", ["source", "sent"])


def downgrade() -> None:
    for table in _TABLES:
        op.drop_table(table)
    op.drop_column("sources", "cap")
