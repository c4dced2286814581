"""Finds what a source has brought since a day without reading all of it, which the desk's list of sources asks.

Never edited again: it says what was, server/store/tables says what is.
"""

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
