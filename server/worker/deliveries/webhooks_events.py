"""Decides to which webhooks an event is reported, and makes the JSON body; called by worker.deliveries.webhooks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import cast

from server.content.alert_publication import base_of
from server.core.areas import AreaTree
from server.core.item_addresses import ItemKind, item_path
from server.core.model import Board, Source
from server.core.notices.order import reaches
from server.core.webhook_events import Event, concerns
from server.notifications.webhooks import body_of, short_title
from server.setup.config import Config
from server.store.boards import boards
from server.store.database.engine import Database
from server.store.notifications.webhooks import Webhook
from server.store.notifications.webhooks_distribution import Report
from server.store.sources import sources


@dataclass(frozen=True, slots=True)
class EventReports:
    """Areas, boards and sources at one moment, by which events are reported. ``base`` is the public address or ""."""

    tree: AreaTree
    boards: Mapping[str, Board]
    sources: Mapping[str, Source]
    base: str

    @classmethod
    def read(cls, db: Database, config: Config) -> EventReports:
        """Returns the areas, boards and sources as they are in the store now."""
        return cls(
            AreaTree(sources.areas(db)),
            {one.slug: one for one in boards.all(db)},
            {one.slug: one for one in sources.all(db, retired=True)},
            base_of(config),
        )

    def report(self, event: Event, hook: Webhook) -> Report | None:
        """Returns what to send to ``hook`` about ``event``; None if the event does not concern the webhook's areas.

        It names only boards in these areas.
        """
        areas = self._areas_of(event)
        if not concerns(hook.areas, event.kind, areas, self.tree):
            return None
        on = self._boards_of(event)
        mine = [one for one in on if any(self.tree.covers(area, one.area) for area in hook.areas)]
        kind, _, key = event.subject.partition(":")
        title = short_title(event.title)
        data: dict[str, object] = {
            "id": key if kind == "source" else int(key),
            "headline" if kind in ("announcement", "story", "notice") else "name": title,
            "areas": [{"slug": slug, "name": self.tree.get(slug).name} for slug in areas if slug in self.tree],
            "boards": [{"slug": one.slug, "name": one.name} for one in mine],
            "board_count": len(mine),
        }
        if kind in ("announcement", "story"):
            data["page"] = self._page(cast(ItemKind, kind), int(key), on)
        return Report(title, body_of(event.kind, event.at, data | dict(event.details)))

    def _page(self, kind: ItemKind, id: int, on: Iterable[Board]) -> str | None:
        """Returns the address of an item's public page; None if none of the boards ``on`` is public."""
        return f"{self.base}{item_path(kind, id)}" if self.base and any(one.public for one in on) else None

    def _areas_of(self, event: Event) -> tuple[str, ...]:
        """Returns the slugs of the areas that an event concerns; () if they no longer exist."""
        kind = event.subject.partition(":")[0]
        if kind == "screen":
            return tuple(self.boards[slug].area for slug in event.boards if slug in self.boards)
        if kind in ("story", "source"):
            source = self.sources.get(self._source_of(event))
            area = self.tree.in_charge(source.area) if source else None
            return (area,) if area else ()
        return event.areas

    def _boards_of(self, event: Event) -> tuple[Board, ...]:
        """Returns the boards on which the subject of an event is or was shown, sorted by slug."""
        kind, step = event.subject.partition(":")[0], event.kind.partition(".")[2]
        if kind == "alarm":
            found = []
        elif kind == "screen" or step == "on_air":
            found = [self.boards[slug] for slug in event.boards if slug in self.boards]
        elif kind in ("story", "source"):
            source = self._source_of(event)
            found = [one for one in self.boards.values() if any(lane.source == source for lane in one.lanes)]
        else:
            found = [one for one in self.boards.values() if reaches(event, one.slug, self.tree.chain(one.area))]
        return tuple(sorted(found, key=lambda one: one.slug))

    @staticmethod
    def _source_of(event: Event) -> str:
        kind, _, key = event.subject.partition(":")
        return key if kind == "source" else str(event.details.get("source", ""))
