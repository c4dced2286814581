"""The exchange with other servers: this server's id, the others, their areas, items and pushes; run by Alembic.

Never edited again: it is a step of the past; server.store.tables has the tables of today.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_KINDS = "kind IN ('story', 'announcement', 'posting', 'notice')"
_RELATIONS = "relation IN ('above', 'same', 'below')"


def upgrade() -> None:
    _servers()
    _items()
    _pushes()


def _servers() -> None:
    op.create_table(
        "server_identity",
        sa.Column("id", sa.Integer(), primary_key=True),
        sa.Column("server", sa.String(), nullable=False),
    )
    op.create_table(
        "server_peers",
        sa.Column("source", sa.String(), sa.ForeignKey("sources.slug"), primary_key=True),
        sa.Column("server", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("version", sa.String(), nullable=False),
        sa.Column("areas", sa.JSON(), nullable=False),
        sa.Column("hub", sa.String(), nullable=False),
        sa.Column("feeds", sa.JSON(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
    )
    op.create_table(
        "server_links",
        sa.Column("source", sa.String(), sa.ForeignKey("sources.slug"), primary_key=True),
        sa.Column("remote", sa.String(), primary_key=True),
        sa.Column("local", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("linked_by", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
    )


def _items() -> None:
    op.create_table(
        "server_items",
        sa.Column("origin", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), sa.ForeignKey("sources.slug"), nullable=False),
        sa.Column("kind", sa.String(), sa.CheckConstraint(_KINDS, name="kind"), nullable=False),
        sa.Column("local", sa.Integer(), nullable=False),
        sa.Column("version", sa.BigInteger(), nullable=False),
        sa.Column("path", sa.JSON(), nullable=False),
        sa.Column("digest", sa.String(), nullable=False),
        sa.Column("gone", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("relation", sa.String(), sa.CheckConstraint(_RELATIONS, name="relation"), nullable=False),
        sa.Column("area", sa.String(), nullable=False, server_default=""),
        sa.Column("imposed", sa.String(), nullable=False, server_default=""),
    )
    op.create_index("ix_server_items_source_gone", "server_items", ["source", "gone"])
    op.create_index("ix_server_items_kind_local", "server_items", ["kind", "local"])


def _pushes() -> None:
    op.create_table(
        "server_pushes",
        sa.Column("topic", sa.String(), primary_key=True),
        sa.Column("source", sa.String(), sa.ForeignKey("sources.slug"), nullable=False),
        sa.Column("hub", sa.String(), nullable=False),
        sa.Column("key", sa.String(), nullable=False, unique=True),
        sa.Column("secret", sa.String(), nullable=False),
        sa.Column("asked", sa.DateTime(timezone=True), nullable=False),
        sa.Column("awaits", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.Column("leased_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushed", sa.DateTime(timezone=True), nullable=True),
        sa.Column("pushes", sa.Integer(), nullable=False, server_default="0"),
        sa.Column("missed", sa.Integer(), nullable=False, server_default="0"),
    )


def downgrade() -> None:
    for name in ("server_pushes", "server_items", "server_links", "server_peers", "server_identity"):
        op.drop_table(name)
