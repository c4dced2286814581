"""What is stored about other servers, on SQLite and on PostgreSQL."""

from __future__ import annotations

import tomllib
from dataclasses import replace

from server.core.levels.items import RemoteArea, ServerDocument
from server.core.levels.sharing import KnownItem
from server.setup.product import VERSION
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.levels import gone, identity, items, peers, pushes
from server.store.levels.peers import AreaLink, FeedPosition, Peer
from server.store.levels.pushes import Push
from server.store.sources import sources
from tests.cast import DAY, EDITOR, MINUTE, NOW, TIN_TINH, announcement
from tests.paths import ROOT

SLUG = TIN_TINH.slug
ITEM = KnownItem("a/1", SLUG, "posting", 7, 5, ("a", "b"), "d", relation="above", area="xa-minh-tan", imposed="tinh")


def test_the_id_of_a_server_is_made_once(db: Database) -> None:
    made = identity.server_id(db)
    assert len(made) == 32
    assert identity.server_id(db) == made


def test_items_are_found_by_origin_source_and_local_id(db: Database) -> None:
    items.put(db, ITEM, replace(ITEM, origin="a/2", kind="story", local=8, imposed="", gone=True))
    assert items.known(db, ["a/1", "a/3"]) == {"a/1": ITEM}
    assert items.of_source(db, SLUG) == {"a/1": ITEM}
    assert items.of_local(db, ("announcement", "posting"), [7, 8]) == {7: ITEM}
    assert items.imposed(db) == {("posting", 7): "tinh"}
    items.put(db, replace(ITEM, version=6, gone=True))
    assert items.known(db, ["a/1"])["a/1"].version == 6
    assert items.imposed(db) == {}


def test_a_peer_comes_back_as_it_was_stored_and_a_link_makes_it_read_anew(db: Database) -> None:
    assert peers.peer(db, SLUG) is None
    document = ServerDocument("a" * 32, "Tỉnh", "0.2.0", (RemoteArea("t", "Tỉnh", ("VN-66",), "", "/t"),), "/hub")
    stored = Peer(SLUG, document, {"/t": FeedPosition("e", NOW), "/x": FeedPosition()}, NOW)
    peers.save_peer(db, stored)
    assert peers.peer(db, SLUG) == stored
    link = AreaLink(SLUG, "t", "tinh", "Tỉnh", EDITOR.slug, NOW)
    peers.link(db, link, actor=EDITOR.slug, now=NOW)
    peers.link(db, replace(link, local=""), actor=EDITOR.slug, now=NOW)
    assert peers.links(db, SLUG) == (replace(link, local=""),)
    assert peers.peer(db, SLUG) == replace(stored, feeds={})


def test_a_subscription_is_verified_only_while_it_was_asked_for_and_a_push_makes_the_source_due(db: Database) -> None:
    push = Push("https://a/t", SLUG, "https://a/hub", "k" * 48, "s", NOW)
    pushes.put(db, push)
    assert not pushes.verified(db, "other", DAY, NOW)
    assert pushes.verified(db, push.key, DAY, NOW)
    assert not pushes.verified(db, push.key, DAY, NOW)
    pushes.received(db, push, NOW - MINUTE)
    pushes.missed(db, push.topic)
    (found,) = pushes.all(db, SLUG)
    assert (found.leased_until, found.pushed, found.pushes, found.missed) == (NOW + DAY, NOW - MINUTE, 1, 1)
    assert next(one for one in sources.states(db) if one.slug == SLUG).next_fetch_at == NOW - MINUTE
    pushes.keep_only(db, SLUG, [])
    assert pushes.of_key(db, push.key) is None


def test_only_what_was_shown_counts_as_gone(db: Database) -> None:
    shown = announcements.post(db, announcement(), actor=EDITOR.slug)
    draft = announcements.post(db, announcement(state="draft"), actor=EDITOR.slug)
    for one in (shown, draft):
        announcements.withdraw(db, one.id, actor=EDITOR.slug, now=NOW)
    assert [one.subject for one in gone.departures(db, NOW - DAY)] == [f"announcement/{shown.id}"]
    assert gone.departures(db, NOW + DAY) == ()


def test_servers_are_told_the_version_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == VERSION
