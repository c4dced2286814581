"""Makes the intake of electronic documents for the desk's process, once; called by the API."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from flask import current_app

from server.desk.web.context import desk
from server.documents.intake import DocumentIntake
from server.store.announcements.announcements import Rules

_KEY = "document_intake"


def intake() -> DocumentIntake:
    """Returns the intake of this application: one, so that it takes one document at a time."""
    configured = desk.config.announcements
    made = DocumentIntake(
        desk.db, media=desk.data / "media", roots=desk.data / desk.config.documents.roots,
        zone=ZoneInfo(desk.config.timezone), clock=desk.now, rules=Rules(configured.four_eyes, configured.days_off),
    )  # fmt: skip
    found: DocumentIntake = current_app.extensions.setdefault(_KEY, made)
    return found
