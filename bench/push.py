"""Measures how long Web Push needs to tell thousands of browsers of an urgent notice; `make bench`.

The push service is on this machine and in this process, so its work is in the figure. For comparison, the same
browsers get the same bytes by plain POSTs, one after the other.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

from bench._figures import table
from bench._marks import mark
from feeds.download.post import post
from feeds.download.request import FetchPolicy
from server.notifications.push_keys import private_key
from server.notifications.push_request import Signer
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.notifications import push_browsers
from server.store.notifications.push_browsers import Browser, Choice, Sender
from server.store.sources import sources
from server.worker.deliveries.push_planner import PushPlanner
from server.worker.deliveries.push_sender import Outward, PushSender
from tests import cast
from tests.worker.deliveries.push_service import PushService, push_service

BROWSERS = int(os.environ.get("BENCH_CROWD", "2000"))
MOST_SECONDS = 10.0
POLICY = FetchPolicy(allow_private=("127.0.0.1",), total_seconds=10)


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, push_service() as service:
        db = Database.open("sqlite:///bangtin.db", Path(folder))
        db.migrate()
        endpoints = _subscribe(db, service)
        planned, sent = _tell(db, service, Path(folder))
        db.close()
        body = service.got[0].body
        plain = _plainly(endpoints, body)
    mark("push", f"{sent:.1f} s", met=sent <= MOST_SECONDS)
    rows: list[list[object]] = [
        ["the messages are queued", planned, ""],
        ["the last browser's message is at the push service", sent, f"<= {MOST_SECONDS:g}"],
        ["as many plain POSTs, one after the other", plain, ""],
    ]
    head = f"## An urgent notice to {BROWSERS:,} browsers by Web Push\n\n"
    told = f"\n\nEncrypted and signed for each browser: {sent / plain:.2f} x the plain POSTs.\n"
    return head + table(("from the notice on", "seconds", "target"), rows) + told


def _subscribe(db: Database, service: PushService) -> list[str]:
    """Has the browsers ask for a province's notices; returns their addresses."""
    now = datetime.now(UTC)
    sources.seed(db, areas=cast.AREAS, sources=cast.SOURCES, boards=cast.BOARDS, now=now)
    sender = Sender("bench", 10**9, now)
    phone = service.phone()
    endpoints = [f"{phone.endpoint}-{number}" for number in range(BROWSERS)]
    for endpoint in endpoints:
        browser = Browser(endpoint, service.host, phone.p256dh, phone.auth, "vi")
        push_browsers.choose(db, browser, Choice("tinh", False), sender)
    return endpoints


def _tell(db: Database, service: PushService, folder: Path) -> tuple[float, float]:
    """Seconds from the notice until its messages are queued, and until the last one is sent."""

    def clock() -> datetime:
        return datetime.now(UTC)

    until = clock() + timedelta(hours=2)
    notices.post(
        db, cast.notice(level="urgent", areas=("tinh",), issued=clock(), until=until), actor="lan", now=clock()
    )
    outward = Outward(Signer(private_key(folder), "mailto:a@b.vn"), (service.host,), POLICY)
    sender = PushSender(db, outward, clock)
    begun = perf_counter()
    PushPlanner(db, ZoneInfo("Asia/Ho_Chi_Minh"), clock).notices()
    planned = perf_counter() - begun
    while len(service.got) < BROWSERS:
        sender.tick()
    sent = perf_counter() - begun
    sender.stop()
    return planned, sent


def _plainly(endpoints: list[str], body: bytes) -> float:
    begun = perf_counter()
    for endpoint in endpoints:
        post(endpoint, POLICY, body, headers={})
    return perf_counter() - begun


if __name__ == "__main__":
    print(run())
