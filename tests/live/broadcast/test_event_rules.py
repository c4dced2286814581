"""The limits on client events: their table equals the documented one, and they are far above what screens send."""

from __future__ import annotations

import re

from server.live.broadcast.event_rules import EVENTS, EventRule
from server.live.loop.token_buckets import TokenBuckets
from tests.paths import ROOT

_ROW = re.compile(r"\| `(/\w*)` \| `(\w+)` \| ([\w, ]+) \| (\d+) \| ([\d.]+) \| (messages|hashes|receipts) \|")


class Traffic:
    """The events of one client, checked against the limits; the test sets the time ``now`` (seconds)."""

    def __init__(self) -> None:
        self.now = 0.0
        self._buckets = TokenBuckets([rule.limit for rule in EVENTS], lambda: self.now)

    def send(self, name: str, items: int = 0) -> bool:
        rule: EventRule = next(rule for rule in EVENTS if rule.name == name and rule.namespace == "/")
        return self._buckets.take("a", EVENTS.index(rule), rule.cost(([None] * items,)))


def test_the_documentation_has_the_table() -> None:
    text = (ROOT / "docs/architecture.md").read_text(encoding="utf-8")
    rows = {
        (row[0], row[1]): (row[2], float(row[3]), float(row[4]), row[5] != "messages") for row in _ROW.findall(text)
    }
    assert rows == {
        (rule.namespace, rule.name): (
            ", ".join(sorted(rule.senders)),
            rule.limit.most,
            rule.limit.per_second,
            rule.by_items,
        )
        for rule in EVENTS
    }


def test_a_screen_that_reconnects_every_ten_seconds_for_an_hour_stays_below_the_limits() -> None:
    traffic = Traffic()
    for _ in range(360):
        # Each connection: three syncs and the receipts of two notices; each tenth also asks for 200 slides.
        for _ in range(3):
            traffic.now += 1.5
            assert traffic.send("sync")
        if traffic.now % 100 < 10:
            assert traffic.send("want", 200)
        assert traffic.send("receipts", 4)
        traffic.now += 5.5
    assert traffic.send("health")


def test_fifty_notices_in_a_second_are_all_confirmed_at_once() -> None:
    traffic = Traffic()
    for _ in range(50):
        traffic.now += 0.1  # receipts.js collects for 100 ms and sends one message at a time
        assert traffic.send("receipts", 2)


def test_after_two_days_alone_a_screen_reports_everything_within_the_hour() -> None:
    traffic, plays = Traffic(), 17_280
    while plays:
        # As flushPlays of receipts.js: batches of a hundred until one is refused, then a pause of a minute.
        while plays and traffic.send("receipts", min(100, plays)):
            plays -= min(100, plays)
        traffic.now += 60
    assert traffic.now < 3_600
