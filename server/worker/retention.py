"""Deletes data whose retention time is over, and files that nothing refers to; created by server.processes.worker.

``RULES`` defines the retention times. docs/config.md has the same table, and also those of proof of play, outages,
laps and backups, which are configured. The audit log is kept for ever.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path

import structlog

from server.media.media_files import ORIGINAL_TYPES, SUFFIX, stored_path
from server.store.alerts import decisions, documents, pictures
from server.store.announcements import autosave, letters, sent_forms
from server.store.api import buckets
from server.store.api import requests as api_requests
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.duty import alarms
from server.store.media import originals, uploads
from server.store.notices import publications
from server.store.notifications import push_outbox, webhooks_deliveries, websub, websub_requests
from server.store.people import forgetting as people_forgetting
from server.store.screens import forgetting as screens_forgetting
from server.store.screens import pairing, screens
from server.store.source_system import outbox
from server.store.sources import stories

log = structlog.get_logger("retention")

_DOCUMENTS = tuple(SUFFIX[type] for type in ORIGINAL_TYPES.values())

DAY = timedelta(days=1)
RULES: Mapping[str, timedelta] = {
    "screen commands": 90 * DAY,
    "screenshots": 30 * DAY,
    "pairing codes and tries": DAY,
    "sign-ins": 365 * DAY,
    "one-time links": 30 * DAY,
    "resets": 7 * DAY,
    "messages": 180 * DAY,
    "autosaves": 60 * DAY,
    "sent forms": 60 * DAY,
    "letters of mailboxes": 400 * DAY,
    "story versions": 400 * DAY,
    "published alerts": 400 * DAY,
    "alerts of sources": 30 * DAY,
    "push messages": 7 * DAY,
    "limits of addresses": DAY,
    "answers to programs": DAY,
    "requests to the hub": DAY,
    "subscriptions of the hub": 30 * DAY,
    "deliveries to webhooks": 30 * DAY,
    "originals": 7 * DAY,
    "alarms": 400 * DAY,
    "reports to the source system": 400 * DAY,
    "files without a row": 2 * DAY,
}
"""Kind of data -> how long it is kept after its end or last use; for files, after their last change."""


class Retention:
    """The scheduled job that applies ``RULES``. ``data`` is the data folder, with screenshots, uploads and media.

    ``proof`` is how long receipts of notices are kept.
    """

    def __init__(self, db: Database, data: Path, clock: Callable[[], datetime], *, proof: timedelta) -> None:
        self._db, self._data, self._clock, self._proof = db, data, clock, proof

    def forget(self) -> dict[str, int]:
        """Applies all rules; returns the number of deleted rows or files by rule.

        If a rule fails with StoreError or OSError, the error is logged, and the rule is missing in the result.
        """
        now, db = self._clock(), self._db
        times = {**RULES, "receipts of notices": self._proof}
        acts: Mapping[str, Callable[[datetime], int]] = {
            "screenshots": self._screenshots,
            "screen commands": lambda before: screens.forget_commands(db, before=before),
            "pairing codes and tries": self._pairings,
            "sign-ins": lambda before: people_forgetting.forget_sign_ins(db, before=before),
            "one-time links": lambda before: people_forgetting.forget_links(db, before=before),
            "resets": lambda before: people_forgetting.forget_resets(db, before=before),
            "messages": lambda before: people_forgetting.forget_messages(db, before=before),
            "autosaves": lambda before: autosave.forget_old(db, before=before),
            "sent forms": lambda before: sent_forms.forget_old(db, before=before),
            "letters of mailboxes": lambda before: letters.forget_old(db, before=before),
            "story versions": lambda before: stories.forget_versions(db, before=before),
            "published alerts": lambda before: publications.forget_old(db, before=before),
            "alerts of sources": self._alerts,
            "push messages": lambda before: push_outbox.forget(db, before=before),
            "limits of addresses": lambda before: buckets.forget_senders(db, before=before),
            "answers to programs": lambda before: api_requests.forget(db, before=before),
            "requests to the hub": lambda before: websub_requests.forget(db, before=before),
            "subscriptions of the hub": lambda before: websub.forget(db, before=before),
            "deliveries to webhooks": lambda before: webhooks_deliveries.forget(db, before=before),
            "originals": self._originals,
            "alarms": lambda before: alarms.forget(db, before=before),
            "reports to the source system": lambda before: outbox.forget(db, before=before),
            "files without a row": self._files,
            "receipts of notices": lambda before: screens_forgetting.forget_receipts(db, before=before),
        }
        done = {}
        for what, act in acts.items():
            try:
                done[what] = act(now - times[what])
            except (StoreError, OSError) as error:
                log.error("not deleted", what=what, error=str(error))
        if any(done.values()):
            log.info("deleted", **{what.replace(" ", "_"): count for what, count in done.items() if count})
        return done

    def _alerts(self, before: datetime) -> int:
        """Deletes documents, decisions on deleted documents and data on pictures that are older than ``before``.

        Returns how many documents were deleted.
        """
        deleted = documents.forget(self._db, before=before)
        decisions.forget(self._db, before=before)
        pictures.forget(self._db, before=before)
        return deleted

    def _pairings(self, before: datetime) -> int:
        return pairing.forget_tries(self._db, before=before) + pairing.forget_codes(self._db, before=before)

    def _screenshots(self, before: datetime) -> int:
        """Deletes screenshots from before ``before``, or whose command is not in the store; returns how many.

        The newest screenshot of each screen is kept.
        """
        # The files are listed before the store is read. Their commands were stored before them, so a file that has
        # just been written is not mistaken for one without a command.
        files = [path for path in (self._data / "screenshots").glob("*.webp") if path.stem.isdigit()]
        kept = screens_forgetting.kept_screenshots(self._db, since=before)
        return _delete(path for path in files if int(path.stem) not in kept)

    def _originals(self, before: datetime) -> int:
        """Deletes documents that no announcement has needed since ``before``; returns how many."""
        gone = originals.forget(self._db, now=self._clock(), before=before)
        return _delete(stored_path(self._data / "media", one.hash, one.type) for one in gone)

    def _files(self, before: datetime) -> int:
        """Deletes old uploads and documents without a row in the store, and incomplete files; returns how many.

        They are left behind when the process that wrote them is killed.
        """
        sent = [path for path in (self._data / "uploads").glob("*") if _older(path, before)]
        known = uploads.keys(self._db)
        media = self._data / "media"
        incomplete = [path for path in media.glob(".*") if _older(path, before)]
        documents = [path for end in _DOCUMENTS for path in media.glob(f"*.{end}") if _older(path, before)]
        kept = {one.hash for one in originals.all(self._db)}
        lost = [path for path in documents if path.stem not in kept]
        return _delete(path for path in sent if path.name not in known) + _delete(incomplete) + _delete(lost)


def _older(path: Path, before: datetime) -> bool:
    try:
        return path.is_file() and datetime.fromtimestamp(path.stat().st_mtime, UTC) < before
    except FileNotFoundError:
        return False


def _delete(paths: Iterable[Path]) -> int:
    count = 0
    for path in paths:
        path.unlink(missing_ok=True)
        count += 1
    return count
