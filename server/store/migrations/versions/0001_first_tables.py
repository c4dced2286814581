"""Creates the first tables, the triggers of the audit, and the row of ``store`` with its epoch; run by Alembic."""

from __future__ import annotations

import secrets
from typing import Any

import sqlalchemy as sa
from alembic import op

from server.store.audit.triggers import guard_audit

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

_NEWEST_FIRST_TO_DROP = (
    "audit",
    "media",
    "laps",
    "boards",
    "notices",
    "announcements",
    "story_versions",
    "stories",
    "source_states",
    "sources",
    "areas",
    "store",
)


def _text(*names: str, **more: Any) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.String(), nullable=False, **more) for name in names]


def _json(*names: str) -> list[sa.Column[Any]]:
    return [sa.Column(name, sa.JSON(), nullable=False) for name in names]


def _instant(name: str, *, nullable: bool = False) -> sa.Column[Any]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _flag(name: str, **more: Any) -> sa.Column[bool]:
    return sa.Column(name, sa.Boolean(), nullable=False, **more)


def _seeded() -> list[sa.Column[Any]]:
    return [sa.Column("position", sa.Integer(), nullable=False), _flag("retired", server_default=sa.false())]


def _key(table: str, *columns: str) -> sa.PrimaryKeyConstraint:
    return sa.PrimaryKeyConstraint(*columns, name=op.f(f"pk_{table}"))


def _refers(table: str, column: str, target: str, **more: Any) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint([column], [target], name=op.f(f"fk_{table}_{column}"), **more)


def _one_of(table: str, column: str, *words: str) -> sa.CheckConstraint:
    listed = ", ".join(f"'{word}'" for word in words)
    return sa.CheckConstraint(f"{column} IN ({listed})", name=op.f(f"ck_{table}_{column}"))


def _index(table: str, *columns: str) -> None:
    op.create_index(f"ix_{table}_{'_'.join(columns)}", table, list(columns))


def upgrade() -> None:
    _make_store()
    _make_places()
    _make_sources()
    _make_stories()
    _make_announcements()
    _make_notices()
    _make_media()
    _make_audit()


def _make_store() -> None:
    store = op.create_table(
        "store",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *_text("epoch"),
        sa.CheckConstraint("id = 1", name=op.f("ck_store_only_row")),
        _key("store", "id"),
    )
    op.bulk_insert(store, [{"id": 1, "revision": 1, "epoch": secrets.token_hex(8)}])


def _make_places() -> None:
    op.create_table(
        "areas",
        *_text("slug", "name"),
        sa.Column("parent", sa.String(), nullable=True),
        *_json("codes"),
        *_text("phone"),
        *_seeded(),
        _key("areas", "slug"),
        _refers("areas", "parent", "areas.slug", deferrable=True, initially="DEFERRED"),
    )
    op.create_table(
        "boards",
        *_text("slug", "name", "area"),
        _flag("public"),
        *_text("theme"),
        *_json("format", "lanes"),
        sa.Column("point", sa.JSON(), nullable=True),
        *_json("hours"),
        *_text("zone", "language"),
        sa.Column("upper_share", sa.Float(), nullable=False),
        *_text("mode"),
        *_seeded(),
        _key("boards", "slug"),
        _refers("boards", "area", "areas.slug"),
        _one_of("boards", "mode", "on", "dark", "safe"),
    )
    op.create_table(
        "laps",
        *_text("board"),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        *_text("body"),
        _key("laps", "board"),
        _refers("laps", "board", "boards.slug"),
    )


def _make_sources() -> None:
    op.create_table(
        "sources",
        *_text("slug", "name", "kind", "url", "label"),
        sa.Column("area", sa.String(), nullable=True),
        sa.Column("every", sa.Float(), nullable=False),
        *_text("trust", "alerts", "zone", "user_agent", "ca_bundle"),
        _flag("full_text"),
        *_seeded(),
        _key("sources", "slug"),
        _refers("sources", "area", "areas.slug"),
    )
    op.create_table(
        "source_states",
        *_text("slug"),
        _instant("next_fetch_at"),
        *_text("etag", "last_modified", "body_hash", server_default=""),
        sa.Column("failures", sa.Integer(), nullable=False, server_default="0"),
        _instant("last_good", nullable=True),
        *_text("last_error", server_default=""),
        _flag("gone", server_default=sa.false()),
        sa.Column("leased_by", sa.String(), nullable=True),
        _instant("leased_until", nullable=True),
        _key("source_states", "slug"),
        _refers("source_states", "slug", "sources.slug"),
    )
    _index("source_states", "next_fetch_at")


def _make_stories() -> None:
    op.create_table(
        "stories",
        sa.Column("id", sa.Integer(), nullable=False),
        *_text("source", "identity", "title", "summary", "link", "canonical"),
        _instant("published"),
        _instant("first_seen"),
        *_text("state"),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("image", sa.String(), nullable=True),
        *_text("image_address", "image_alt", "language"),
        *_json("table"),
        _key("stories", "id"),
        _refers("stories", "source", "sources.slug"),
        sa.UniqueConstraint("source", "identity", name=op.f("uq_stories_source_identity")),
        _one_of("stories", "state", "held", "approved", "withdrawn"),
    )
    _index("stories", "source", "state", "published", "id")
    op.create_table(
        "story_versions",
        sa.Column("story", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        *_text("title", "summary", "link"),
        sa.Column("image", sa.String(), nullable=True),
        *_json("table"),
        *_text("state"),
        _instant("replaced"),
        _key("story_versions", "story", "version"),
        _refers("story_versions", "story", "stories.id"),
    )


def _make_announcements() -> None:
    op.create_table(
        "announcements",
        sa.Column("id", sa.Integer(), nullable=False),
        *_text("area", "title", "text"),
        *_json("windows"),
        _instant("ends", nullable=True),
        _instant("created"),
        *_text("created_by"),
        *_json("boards"),
        *_text("link"),
        *_json("table"),
        sa.Column("longest_gap", sa.Float(), nullable=True),
        *_text("state"),
        _key("announcements", "id"),
        _refers("announcements", "area", "areas.slug"),
        _one_of("announcements", "state", "draft", "submitted", "returned", "approved", "withdrawn"),
    )
    _index("announcements", "area", "state", "ends")


def _make_notices() -> None:
    op.create_table(
        "notices",
        sa.Column("id", sa.Integer(), nullable=False),
        *_text("level", "headline"),
        *_json("areas"),
        _instant("issued"),
        _instant("until"),
        *_json("acts"),
        *_text("danger"),
        sa.Column("risk", sa.Integer(), nullable=False),
        *_text("sender"),
        _flag("exercise"),
        *_text("state", "created_by"),
        _key("notices", "id"),
        _one_of("notices", "level", "normal", "priority", "urgent"),
        _one_of("notices", "state", "drafted", "live", "corrected", "cleared", "expired"),
    )
    _index("notices", "state", "until")


def _make_media() -> None:
    op.create_table(
        "media",
        *_text("hash"),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        *_text("type", "address"),
        _key("media", "hash"),
    )
    _index("media", "address")


def _make_audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        _instant("at"),
        *_text("actor", "act", "subject"),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        _key("audit", "id"),
    )
    guard_audit(op.get_bind())


def downgrade() -> None:
    """Drop all tables with all rows, also the audit and its triggers."""
    for table in _NEWEST_FIRST_TO_DROP:
        op.drop_table(table)
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION audit_refuse()")
