"""Makes the scheduled jobs of Web Push; called by processes.worker."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from feeds.download.request import FetchPolicy
from server.setup.config import Config
from server.store.database.engine import Database

PLAN_SECONDS = 1
SEND_SECONDS = 0.5
REMIND_SECONDS = 60


def push_jobs(
    config: Config, data: Path, db: Database, clock: Callable[[], datetime]
) -> Sequence[tuple[str, float, Callable[[], object]]]:
    """Returns (name, interval in seconds, function) of each job; empty if [push] contact is not configured.

    ``data`` is the data folder, in which the private key is stored.
    """
    section = config.push
    if not section.contact:
        return ()
    # Imported here because only this feature uses the libraries for encryption.
    from server.notifications.push_keys import private_key
    from server.notifications.push_request import Signer
    from server.worker.deliveries.push_planner import PushPlanner
    from server.worker.deliveries.push_sender import Outward, PushSender

    policy = FetchPolicy(allow_private=config.fetch.allow_private, total_seconds=10)
    outward = Outward(Signer(private_key(data), section.contact), section.hosts, policy)
    planner = PushPlanner(db, ZoneInfo(config.timezone), clock)
    sender = PushSender(db, outward, clock)
    return (
        ("push", PLAN_SECONDS, planner.notices),
        ("push reminders", REMIND_SECONDS, planner.reminders),
        ("push delivery", SEND_SECONDS, sender.tick),
    )
