"""Every table of the store, by subject, with columns named like the fields of core.model; used by the store only.

A change here needs a migration: a test compares these tables with those that the migrations make. CHECK constraints
list the words allowed in columns such as ``state``, so that a typing error in a manual repair cannot put something on
a screen.
"""

from server.store.tables.alerts import (
    alert_bodies,
    alert_decisions,
    alert_documents,
    alert_links,
    alert_notices,
    alert_pictures,
    alert_polls,
    alert_states,
)
from server.store.tables.announcements import (
    announcement_versions,
    announcements,
    autosaves,
    media,
    messages,
    notices,
    originals,
    sent_forms,
    uploads,
)
from server.store.tables.api import api_buckets, api_requests
from server.store.tables.base import columns_of, metadata, values_of
from server.store.tables.boards import aired_laps, boards, changes, laps, now_serving, store, worker_beats
from server.store.tables.documents import documents, pdf_signatures
from server.store.tables.duty import (
    alarm_deliveries,
    alarm_targets,
    alarms,
    duty_absences,
    duty_channels,
    duty_digests,
    duty_preferences,
    duty_turns,
)
from server.store.tables.levels import server_identity, server_items, server_links, server_peers, server_pushes
from server.store.tables.mail import letters
from server.store.tables.people import audit, audit_seals, grants, links, passkeys, people, resets, sign_ins, tokens
from server.store.tables.publications import published_alerts
from server.store.tables.push import push_browsers, push_choices, push_deliveries, push_messages
from server.store.tables.screens import (
    notice_receipts,
    outages,
    pairing_tries,
    pairings,
    panics,
    play_days,
    plays,
    screen_commands,
    screen_links,
    screen_places,
    screens,
)
from server.store.tables.source_system import source_bulletins, source_items, source_reports
from server.store.tables.sources import area_plans, areas, source_states, sources, stories, story_versions, trials
from server.store.tables.webhooks import webhook_deliveries, webhook_events, webhook_subjects, webhooks
from server.store.tables.websub import websub_requests, websub_subscriptions

__all__ = [
    "aired_laps",
    "alarm_deliveries",
    "alarm_targets",
    "alarms",
    "alert_bodies",
    "alert_decisions",
    "alert_documents",
    "alert_links",
    "alert_notices",
    "alert_pictures",
    "alert_polls",
    "alert_states",
    "announcement_versions",
    "announcements",
    "api_buckets",
    "api_requests",
    "area_plans",
    "areas",
    "audit",
    "audit_seals",
    "autosaves",
    "boards",
    "changes",
    "columns_of",
    "documents",
    "duty_absences",
    "duty_channels",
    "duty_digests",
    "duty_preferences",
    "duty_turns",
    "grants",
    "laps",
    "letters",
    "links",
    "media",
    "messages",
    "metadata",
    "notice_receipts",
    "notices",
    "now_serving",
    "originals",
    "outages",
    "pairing_tries",
    "pairings",
    "panics",
    "passkeys",
    "pdf_signatures",
    "people",
    "play_days",
    "plays",
    "published_alerts",
    "push_browsers",
    "push_choices",
    "push_deliveries",
    "push_messages",
    "resets",
    "screen_commands",
    "screen_links",
    "screen_places",
    "screens",
    "sent_forms",
    "server_identity",
    "server_items",
    "server_links",
    "server_peers",
    "server_pushes",
    "sign_ins",
    "source_bulletins",
    "source_items",
    "source_reports",
    "source_states",
    "sources",
    "store",
    "stories",
    "story_versions",
    "tokens",
    "trials",
    "uploads",
    "values_of",
    "webhook_deliveries",
    "webhook_events",
    "webhook_subjects",
    "webhooks",
    "websub_requests",
    "websub_subscriptions",
    "worker_beats",
]
