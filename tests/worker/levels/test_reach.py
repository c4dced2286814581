"""A server that speaks for very many areas here is read in part, which takes nothing down and is said."""

# ruff: noqa: ARG002 - the client needs no limits and no times
from __future__ import annotations

import json
from dataclasses import dataclass, field

from feeds import FetchPolicy
from feeds.download.http import Fetched
from server.core.levels.items import WELL_KNOWN, RemoteArea, ServerDocument
from server.core.model import SourceState
from server.store.levels import peers
from server.store.levels.peers import AreaLink
from server.store.sources import sources
from server.worker.levels.reach import MOST_FEEDS, reach_of
from tests.cast import EDITOR, NOW
from tests.worker.levels.network import Network, Node

COMMUNE = "xa-minh-tan"
SERVER = "ab" * 16
HOST = "https://tinh.example.vn"


@dataclass
class Other:
    """Another server with the areas ``areas``, each with a feed and in it one announcement."""

    areas: list[str] = field(default_factory=list)

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        path = url.removeprefix(HOST).partition("?")[0]
        said: dict[str, object] = {"format": 1, "server": SERVER, "name": "Tỉnh"}
        if path == WELL_KNOWN:
            said["areas"] = [{"slug": slug, "name": slug, "feed": f"{HOST}/{slug}"} for slug in self.areas]
        else:
            slug = path.removeprefix("/")
            item = {
                "origin": f"{SERVER}/{slug}", "version": 1, "path": [SERVER], "kind": "announcement", "title": slug,
                "areas": [{"slug": slug, "name": slug}], "from": NOW.isoformat(), "text": "Chữ",
                "windows": [[NOW.isoformat(), None]],
            }  # fmt: skip
            said |= {"complete": True, "items": [item]}
        return Fetched(url, 200, json.dumps(said).encode(), "application/json", "", "", None, None, None)


def followed(net: Network, areas: list[str]) -> Node:
    commune = net.node("xa", COMMUNE)
    commune.follow(net.node("tinh", "hoi-truong"), COMMUNE)
    for slug in areas:
        link = AreaLink("tu-tinh", slug, COMMUNE, slug, EDITOR.slug, NOW)
        peers.link(commune.office.db, link, actor=EDITOR.slug, now=NOW)
    return commune


def test_at_most_some_feeds_are_read_and_the_others_counted(net: Network) -> None:
    areas = [f"xa-{number}" for number in range(MOST_FEEDS + 2)]
    commune = followed(net, areas)
    document = ServerDocument(SERVER, "Tỉnh", "", tuple(RemoteArea(slug, slug, feed=slug) for slug in areas))
    found = reach_of(commune.office.db, sources.get(commune.office.db, "tu-tinh"), document)
    assert (found.feeds, found.left_out) == (tuple(areas[:MOST_FEEDS]), 2)
    assert len(found.targets) == MOST_FEEDS + 2


def test_what_an_unread_feed_brought_before_stays(net: Network) -> None:
    areas = [f"xa-{number}" for number in range(MOST_FEEDS + 1)]
    commune = followed(net, areas)
    db = commune.office.db
    other = Other(areas[1:])
    intake = commune.intake(other)
    source = sources.get(db, "tu-tinh")
    assert intake.poll(source, SourceState("tu-tinh", NOW)).warning == ""
    assert len(commune.announcements()) == MOST_FEEDS
    other.areas = areas
    commune.office.later(minutes=1)
    assert "còn 1 nguồn của nó chưa được đọc" in intake.poll(source, SourceState("tu-tinh", NOW)).warning
    assert sorted(one.title for one in commune.announcements()) == areas
