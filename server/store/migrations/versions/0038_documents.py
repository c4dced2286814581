"""Electronic official documents that were taken, and the signatures of PDF files; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_TEXTS = ("doc_id", "code", "place", "issuer", "issuer_code", "type", "subject", "signer", "position", "authority")


def upgrade() -> None:
    op.create_table(
        "documents",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("area", sa.String(), sa.ForeignKey("areas.slug"), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("content", sa.String(), nullable=False),
        *(sa.Column(name, sa.String(), nullable=False) for name in _TEXTS),
        sa.Column("issued", sa.JSON(), nullable=True),
        sa.Column("way", sa.String(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("received", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signed", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("notes", sa.JSON(), nullable=False, server_default="[]"),
        sa.Column("announcement", sa.Integer(), sa.ForeignKey("announcements.id"), nullable=True),
        sa.Column("related", sa.Integer(), sa.ForeignKey("announcements.id"), nullable=True),
        sa.UniqueConstraint("area", "key", "kind", "content", name=op.f("uq_documents_area_key_kind_content")),
        sa.CheckConstraint("kind IN ('new', 'replacement', 'recall', 'update')", name=op.f("ck_documents_kind")),
        sa.CheckConstraint("way IN ('api', 'folder', 'mail')", name=op.f("ck_documents_way")),
    )
    op.create_index("ix_documents_announcement", "documents", ["announcement"])
    op.create_index("ix_documents_related", "documents", ["related"])
    op.create_table(
        "pdf_signatures",
        sa.Column("digest", sa.String(), primary_key=True),
        sa.Column("first", sa.String(), nullable=False),
        sa.Column("pages", sa.JSON(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("checked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("signatures", sa.JSON(), nullable=False),
    )
    op.create_index("ix_pdf_signatures_first", "pdf_signatures", ["first"])


def downgrade() -> None:
    op.drop_table("pdf_signatures")
    op.drop_table("documents")
