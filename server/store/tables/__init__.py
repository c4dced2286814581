"""Every table of the store, by subject, with columns named like the fields of core.model; used by the store only.

A change here needs a migration: a test compares both. The database checks the words for states too, so that a typing
error in a manual repair cannot put something on a screen.
"""

from server.store.tables.announcements import (
    announcement_versions,
    announcements,
    autosaves,
    media,
    messages,
    notices,
    uploads,
)
from server.store.tables.base import columns_of, metadata, values_of
from server.store.tables.boards import aired_laps, boards, changes, laps, store
from server.store.tables.people import audit, audit_seals, grants, links, passkeys, people, resets, sign_ins, tokens
from server.store.tables.screens import (
    notice_receipts,
    outages,
    pairing_tries,
    pairings,
    panics,
    plays,
    screen_commands,
    screen_links,
    screen_places,
    screens,
)
from server.store.tables.sources import areas, source_states, sources, stories, story_versions

__all__ = [
    "aired_laps",
    "announcement_versions",
    "announcements",
    "areas",
    "audit",
    "audit_seals",
    "autosaves",
    "boards",
    "changes",
    "columns_of",
    "grants",
    "laps",
    "links",
    "media",
    "messages",
    "metadata",
    "notice_receipts",
    "notices",
    "outages",
    "pairing_tries",
    "pairings",
    "panics",
    "passkeys",
    "people",
    "plays",
    "resets",
    "screen_commands",
    "screen_links",
    "screen_places",
    "screens",
    "sign_ins",
    "source_states",
    "sources",
    "store",
    "stories",
    "story_versions",
    "tokens",
    "uploads",
    "values_of",
]
