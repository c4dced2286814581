"""Adds an index of stories by source and first_seen, for the counts in the desk's list of sources; run by Alembic."""

from __future__ import annotations

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

INDEX = "ix_stories_source_first_seen"


def upgrade() -> None:
    op.create_index(INDEX, "stories", ["source", "first_seen"])


def downgrade() -> None:
    op.drop_index(INDEX, "stories")
