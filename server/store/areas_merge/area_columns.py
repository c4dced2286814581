"""Lists every column that holds the slug of an area, by how it is rewritten; used by store.areas_merge only.

A test compares these lists with the tables, so a new column that names areas must be added here.
"""

from __future__ import annotations

from sqlalchemy import Column, Table

from server.store import tables

# One slug; NULL stays.
SINGLE: tuple[Column[object], ...] = (
    tables.announcements.c.area,
    tables.areas.c.parent,
    tables.boards.c.area,
    tables.duty_absences.c.area,
    tables.duty_turns.c.area,
    tables.media.c.area,
    tables.panics.c.area,
    tables.server_items.c.area,
    tables.server_links.c.local,
    tables.sources.c.area,
    tables.uploads.c.area,
)
# One slug that must be unique together with other columns: a row that has its equal in the other area stays.
UNIQUE: tuple[tuple[Column[object], tuple[str, ...]], ...] = ((tables.documents.c.area, ("key", "kind", "content")),)
# A list of slugs.
LISTS: tuple[Column[object], ...] = (
    tables.alert_decisions.c.areas,
    tables.alert_decisions.c.ended_in,
    tables.alert_decisions.c.shown_in,
    tables.alert_states.c.ended_in,
    tables.duty_channels.c.areas,
    tables.notices.c.areas,
    tables.source_bulletins.c.areas,
    tables.tokens.c.areas,
    tables.webhook_events.c.areas,
    tables.webhooks.c.areas,
)
# A JSON object, in which the key holds one slug.
OBJECTS: tuple[tuple[Column[object], str], ...] = (
    (tables.autosaves.c.form, "area"),
    (tables.sources.c.cap, "default_area"),
)
# A JSON object with a list of objects, in each of which a key holds one slug: (column, name of the list, key).
LISTS_IN_OBJECTS: tuple[tuple[Column[object], str, str], ...] = ((tables.sources.c.mail, "senders", "area"),)
# Tables with the slug in their key: their rows are replaced.
KEYED: tuple[tuple[Table, str], ...] = ((tables.grants, "area"), (tables.push_choices, "area"))
# Columns that keep the former slug: documents that others have read, what another server says of its own areas, the
# plans and mergers themselves, and alarms.
# What is wrong is then a fact of the area of today, so the alarm of the former one ends, and its end is told.
LEFT: tuple[Column[object], ...] = (
    tables.alarms.c.area,
    tables.published_alerts.c.areas,
    tables.area_plans.c.area,
    tables.area_plans.c.target,
    tables.areas.c.merged_into,
    tables.server_peers.c.areas,
)
