"""Tries an address at which another Bảng Tin server may be: who it is and what it has; called by the trials."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from feeds import FeedError, FetchPolicy
from feeds.download.http import Fetched
from server.core.levels.area_links import feeds_of
from server.core.levels.items import WELL_KNOWN, document_address
from server.core.sources.trials import MOST_ENTRIES, Outcome, TrialEntry, TrialReading, TrialServer
from server.worker.levels.messages import read_document, read_feed

_PATHS = ("", "/", WELL_KNOWN)


class ServerTrial:
    """Looks at addresses; ``fetch`` downloads a URL behind the address guard."""

    def __init__(self, fetch: Callable[[str, FetchPolicy], Fetched]) -> None:
        self._fetch = fetch

    def look(self, address: str, policy: FetchPolicy) -> Outcome | None:
        """What the server at ``address`` says and has; None if the address cannot be that of a server, or is none."""
        if urlsplit(address).path not in _PATHS:
            return None
        try:
            return self.read(address, policy)
        except FeedError:
            return None

    def read(self, address: str, policy: FetchPolicy) -> Outcome:
        """What the server at ``address`` says and has. Raises FeedError."""
        found_at = document_address(address)
        document = read_document(self._fetch(found_at, policy).body)
        entries: list[TrialEntry] = []
        for feed in feeds_of(document.areas, [area.slug for area in document.areas])[:3]:
            found, _ = read_feed(self._fetch(feed, policy).body)
            entries += [
                TrialEntry(item.title, item.since, bool(item.files), bool(item.page), ()) for item in found.items
            ]
        reading = TrialReading(document.name, len(entries), tuple(entries[:MOST_ENTRIES]))
        server = TrialServer(document.name, document.version, tuple(area.name for area in document.areas))
        return Outcome(f"{found_at.removesuffix(WELL_KNOWN)}/", title=document.name, feed=reading, server=server)
