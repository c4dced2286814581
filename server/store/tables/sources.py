"""Tables of areas, sources with their state, and stories with their versions; used by server.store."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint, false, true

from server.core import model
from server.store.tables import columns, trial_columns
from server.store.tables.alert_columns import alert_settings
from server.store.tables.base import metadata, of_the_desk, one_of, retired
from server.store.tables.mail import mail_settings

areas = Table(
    "areas",
    metadata,
    Column("slug", String, primary_key=True),
    Column("name", String, nullable=False),
    # Deferred: config may name a commune before its province.
    Column("parent", String, ForeignKey("areas.slug", deferrable=True, initially="DEFERRED")),
    Column("codes", columns.words, nullable=False),
    Column("phone", String, nullable=False),
    Column("point", columns.point),
    Column("telephone", String, nullable=False, server_default=""),
    Column("outline", columns.OutlineText),  # GeoJSON
    # A level of model.AreaKind. Without a CHECK constraint: SQLite could add one only by rebuilding the table.
    Column("kind", String, nullable=False, server_default=""),
    Column("owner", String, nullable=False, server_default=""),
    Column("answerable", String, nullable=False, server_default=""),
    Column("former_names", columns.words, nullable=False, server_default="[]"),
    # The area into which this one, then retired, was merged; its addresses lead there (store.areas.former).
    Column("merged_into", String),
    # True once the desk has set the columns `seeding.PLACE`, which config.toml then no longer changes.
    Column("placed_at_desk", Boolean, nullable=False, server_default=false()),
    Column("position", Integer, nullable=False),
    retired(),
    of_the_desk(),
)

# Changes of the tree with a date: an area gets another parent, or is merged into another one. ``changes`` is what the
# act has changed, from which it can be undone; NULL before the act and once it cannot be undone any more.
area_plans = Table(
    "area_plans",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("kind", String, one_of("kind", model.PlanKind), nullable=False),
    Column("area", String, ForeignKey("areas.slug"), nullable=False),
    Column("target", String, ForeignKey("areas.slug"), nullable=False),
    Column("due", columns.Utc, nullable=False, index=True),
    Column("planned_by", String, nullable=False),
    Column("planned", columns.Utc, nullable=False),
    Column("done", columns.Utc),
    Column("obstacle", String, nullable=False, server_default=""),
    Column("changes", columns.Json),
)

sources = Table(
    "sources",
    metadata,
    Column("slug", String, primary_key=True),
    Column("name", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("url", String, nullable=False),
    Column("label", String, nullable=False),
    Column("area", String, ForeignKey("areas.slug")),
    Column("every", columns.Seconds, nullable=False),
    Column("trust", String, nullable=False),
    Column("zone", String, nullable=False),
    Column("user_agent", String, nullable=False),
    Column("ca_bundle", String, nullable=False),
    Column("full_text", Boolean, nullable=False),
    Column("adaptive", Boolean, nullable=False, server_default=false()),
    Column("page", columns.page_rules),
    Column("cap", alert_settings),
    Column("mail", mail_settings),
    Column("position", Integer, nullable=False),
    retired(),
    of_the_desk(),
)

source_states = Table(
    "source_states",
    metadata,
    Column("slug", String, ForeignKey("sources.slug"), primary_key=True),
    Column("next_fetch_at", columns.Utc, nullable=False, index=True),
    Column("etag", String, nullable=False, server_default=""),
    Column("last_modified", String, nullable=False, server_default=""),
    Column("body_hash", String, nullable=False, server_default=""),
    Column("failures", Integer, nullable=False, server_default="0"),
    Column("last_good", columns.Utc),
    Column("last_error", String, nullable=False, server_default=""),
    Column("gone", Boolean, nullable=False, server_default=false()),
    Column("last_try", columns.Utc),
    Column("last_new", columns.Utc),
    Column("gap", columns.Seconds),
    Column("age", columns.Seconds),
    Column("moved_to", String, nullable=False, server_default=""),
    Column("moved_since", columns.Utc),
    Column("warning", String, nullable=False, server_default=""),
    Column("leased_by", String),
    Column("leased_until", columns.Utc),
)

stories = Table(
    "stories",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("source", String, ForeignKey("sources.slug"), nullable=False),
    Column("identity", String, nullable=False),
    Column("title", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("link", String, nullable=False),
    Column("canonical", String, nullable=False),
    Column("published", columns.Utc, nullable=False),
    Column("first_seen", columns.Utc, nullable=False),
    Column("state", String, one_of("state", model.StoryState), nullable=False),
    Column("version", Integer, nullable=False),
    Column("image", String),
    Column("image_address", String, nullable=False),
    Column("image_alt", String, nullable=False),
    Column("language", String, nullable=False),
    Column("table", columns.grid, nullable=False),
    Column("same_as", Integer),  # the id of the first story of the same article, in any source
    Column("checked", columns.Utc),  # when its web page was last checked
    Column("listed", Boolean, nullable=False, server_default=true()),  # whether the last fetch had it
    UniqueConstraint("source", "identity"),
    Index(None, "source", "state", "published", "id"),
    Index(None, "source", "first_seen"),
    Index(None, "canonical"),
    Index(None, "same_as"),
    Index(None, "published"),
)

story_versions = Table(
    "story_versions",
    metadata,
    Column("story", Integer, ForeignKey("stories.id"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("title", String, nullable=False),
    Column("summary", String, nullable=False),
    Column("link", String, nullable=False),
    Column("image", String),
    Column("table", columns.grid, nullable=False),
    Column("state", String, nullable=False),
    Column("replaced", columns.Utc, nullable=False),
)

# Addresses that people try out at the desk; the worker reads them and stores the outcome. Deleted after an hour.
trials = Table(
    "trials",
    metadata,
    Column("key", String, primary_key=True),  # 32 hex digits, in the URL of the page that waits for the outcome
    Column("person", String, nullable=False),
    Column("kind", String, nullable=False),
    Column("address", String, nullable=False),
    Column("source", String),
    Column("page", columns.page_rules),
    Column("made", columns.Utc, nullable=False, index=True),
    Column("begun", columns.Utc),
    Column("complete", Boolean, nullable=False, server_default=false()),
    Column("outcome", trial_columns.outcome),
)
