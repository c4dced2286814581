"""Finds out which subscribed feeds have changed, the most urgent first; called by worker.deliveries.websub.

The store's revision tells that something has changed, and its scopes tell which boards the change concerns. The feeds
of these boards are generated again, and their hashes are stored with the subscriptions. A feed whose live notices
differ is generated at once. Any other one is generated a few seconds later, so that several changes make one
delivery.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from time import monotonic

from server.content import alert_publication
from server.content.public_feeds.topics import TopicFiles, may_have_changed, notices_on, topic_of
from server.core.model import Notice
from server.store.database import revision
from server.store.database.engine import Database
from server.store.database.revision import Changes
from server.store.notices import notices
from server.store.notifications import websub

COALESCE = timedelta(seconds=3)
BUDGET_SECONDS = 0.25
"""For how long feeds that may have changed are made anew in one pass, so that an urgent one never waits longer."""
_EVERYTHING = Changes(everything=True)


class FeedChanges:
    """Stores the hash of each subscribed topic's current content. It must be used by one thread only.

    A topic is the address of a feed. ``clock`` returns the time as an aware UTC datetime.
    """

    def __init__(self, db: Database, files: TopicFiles, clock: Callable[[], datetime]) -> None:
        self._db, self._files, self._clock = db, files, clock
        self._seen: int | None = None
        self._notices: dict[str, tuple[Notice, ...]] = {}
        self._urgent: dict[str, None] = {}
        self._due: dict[str, datetime] = {}

    def look_at(self, topic: str) -> None:
        """Makes the next `tick` generate the topic's feed, because it has a new subscription."""
        self._due[topic] = self._clock()

    def tick(self) -> int:
        """Looks for changes once; returns how many subscriptions have become due for a delivery."""
        at = revision.current(self._db)
        if at != self._seen:
            what = _EVERYTHING if self._seen is None else revision.since(self._db, self._seen)
            self._note(what)
            self._seen = at
        return self._look()

    def _note(self, what: Changes) -> None:
        """Puts the topics to which the changes ``what`` may apply on the list of topics to generate."""
        now = self._clock()
        wanted = websub.topics(self._db, now)
        for known in (self._notices, self._due, self._urgent):
            for topic in known.keys() - wanted:
                known.pop(topic)
        if not wanted:
            return
        province, live = alert_publication.province(self._db), notices.live(self._db, now)
        for address in wanted:
            parts = topic_of(address)
            boards = parts.boards(province) if parts else ()
            shown = notices_on(boards, province, live)
            if shown != self._notices.get(address, ()):
                self._urgent[address] = None
            elif may_have_changed(boards, province.tree, what):
                self._due[address] = min(self._due.get(address, now + COALESCE), now + COALESCE)
            self._notices[address] = shown

    def _look(self) -> int:
        """Generates the feeds that are due, urgent ones first, within `BUDGET_SECONDS`.

        Returns how many subscriptions have become due.
        """
        end, count = monotonic() + BUDGET_SECONDS, 0
        while self._urgent and monotonic() < end:
            topic = next(iter(self._urgent))
            count += self._look_at(topic, at_once=True)
            del self._urgent[topic]
        for topic in sorted(self._due, key=lambda one: self._due[one]):
            if self._due[topic] > self._clock() or monotonic() > end:
                break
            del self._due[topic]
            count += self._look_at(topic, at_once=False)
        return count

    def _look_at(self, topic: str, *, at_once: bool) -> int:
        """Stores the hash of the topic's current content; returns how many subscriptions have become due.

        Keeps the time at which the content changes without a change in the store, so that the feed is generated then.
        """
        file = self._files.now(topic)
        if file is None:
            return 0
        if file.made.changes is not None:
            self._due[topic] = min(self._due.get(topic, file.made.changes), file.made.changes)
        return websub.want(self._db, topic, file.etag, self._clock(), at_once=at_once)
