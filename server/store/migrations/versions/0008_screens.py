"""Adds screens, pairing, commands, receipts, outages, proof of play and panic mode; run by Alembic."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_NEWEST_FIRST_TO_DROP = (
    "screen_places",
    "screen_links",
    "screen_commands",
    "pairings",
    "pairing_tries",
    "outages",
    "notice_receipts",
    "screens",
    "plays",
    "panics",
)


def upgrade() -> None:
    op.create_table(
        "pairing_tries",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pairing_tries")),
    )
    op.create_index(op.f("ix_pairing_tries_actor_at"), "pairing_tries", ["actor", "at"], unique=False)
    op.create_table(
        "panics",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("area", sa.String(), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended_by", sa.String(), server_default="", nullable=False),
        sa.ForeignKeyConstraint(["area"], ["areas.slug"], name=op.f("fk_panics_area")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_panics")),
    )
    op.create_index(op.f("ix_panics_ended"), "panics", ["ended"], unique=False)
    op.create_table(
        "plays",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("item", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("first", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last", sa.DateTime(timezone=True), nullable=False),
        sa.Column("hours", sa.Integer(), nullable=False),
        sa.Column("screens", sa.LargeBinary(), nullable=False),
        sa.Column("hashes", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.slug"], name=op.f("fk_plays_board")),
        sa.PrimaryKeyConstraint("board", "day", "item", name=op.f("pk_plays")),
    )
    op.create_index(op.f("ix_plays_item_day"), "plays", ["item", "day"], unique=False)
    op.create_table(
        "screens",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=True),
        sa.Column("paired_by", sa.String(), nullable=False),
        sa.Column("paired", sa.DateTime(timezone=True), nullable=False),
        sa.Column("revoked", sa.DateTime(timezone=True), nullable=True),
        sa.Column("replaced_by", sa.Integer(), nullable=True),
        sa.Column("notes", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("handed_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("changed", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.slug"], name=op.f("fk_screens_board")),
        sa.ForeignKeyConstraint(["replaced_by"], ["screens.id"], name=op.f("fk_screens_replaced_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screens")),
        sa.UniqueConstraint("key_hash", name=op.f("uq_screens_key_hash")),
    )
    op.create_index(op.f("ix_screens_board"), "screens", ["board"], unique=False)
    op.create_index(op.f("ix_screens_changed"), "screens", ["changed"], unique=False)
    op.create_table(
        "notice_receipts",
        sa.Column("notice", sa.Integer(), nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("sent", sa.DateTime(timezone=True), nullable=True),
        sa.Column("received", sa.DateTime(timezone=True), nullable=True),
        sa.Column("shown", sa.DateTime(timezone=True), nullable=True),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["notice"], ["notices.id"], name=op.f("fk_notice_receipts_notice")),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name=op.f("fk_notice_receipts_screen")),
        sa.PrimaryKeyConstraint("notice", "screen", name=op.f("pk_notice_receipts")),
    )
    op.create_table(
        "outages",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("begun", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["board"], ["boards.slug"], name=op.f("fk_outages_board")),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name=op.f("fk_outages_screen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outages")),
    )
    op.create_index(op.f("ix_outages_board_begun"), "outages", ["board", "begun"], unique=False)
    op.create_index(op.f("ix_outages_screen_ended"), "outages", ["screen", "ended"], unique=False)
    op.create_table(
        "pairings",
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("expires", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), server_default="0", nullable=False),
        sa.Column("screen", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name=op.f("fk_pairings_screen")),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_pairings")),
    )
    op.create_index(op.f("ix_pairings_expires"), "pairings", ["expires"], unique=False)
    op.create_table(
        "screen_commands",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("created", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("answered", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name=op.f("fk_screen_commands_screen")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_screen_commands")),
    )
    op.create_index(op.f("ix_screen_commands_number"), "screen_commands", ["number"], unique=False)
    op.create_index(op.f("ix_screen_commands_until"), "screen_commands", ["until"], unique=False)
    op.create_table(
        "screen_links",
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("up", sa.Boolean(), nullable=False),
        sa.Column("seen", sa.DateTime(timezone=True), nullable=False),
        sa.Column("plays_until", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("shown", sa.String(), server_default="", nullable=False),
        sa.Column("cold", sa.Boolean(), nullable=True),
        sa.Column("errors", sa.Integer(), server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name=op.f("fk_screen_links_screen")),
        sa.PrimaryKeyConstraint("screen", name=op.f("pk_screen_links")),
    )
    op.create_table(
        "screen_places",
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("slot", sa.Integer(), nullable=False),
        sa.Column("screen", sa.Integer(), nullable=False),
        sa.Column("since", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["board"], ["boards.slug"], name=op.f("fk_screen_places_board")),
        sa.ForeignKeyConstraint(["screen"], ["screens.id"], name=op.f("fk_screen_places_screen")),
        sa.PrimaryKeyConstraint("board", "slot", "screen", name=op.f("pk_screen_places")),
    )
    op.add_column("store", sa.Column("screens_revision", sa.BigInteger(), server_default="0", nullable=False))


def downgrade() -> None:
    """Drop the tables: every screen has to be paired again, and proof of play is lost."""
    for table in _NEWEST_FIRST_TO_DROP:
        op.drop_table(table)
    op.drop_column("store", "screens_revision")
