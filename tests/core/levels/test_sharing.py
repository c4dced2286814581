"""Items between servers that read each other: one copy each, withdrawals everywhere, nothing by a lie."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import given
from hypothesis import strategies as st

from server.core.areas import AreaTree
from server.core.levels import sharing
from server.core.levels.area_links import Target, feeds_of, speakers
from server.core.levels.items import RemoteArea, ServerFeed, SharedItem, Tombstone
from server.core.levels.sharing import LONGEST_PATH, KnownItem
from server.core.levels.subscribing import ASK_AGAIN, LONGEST_LEASE, lease_of, must_ask
from tests.cast import AREAS, DAY, NOW

HOME = "xa-minh-tan"
TREE = AreaTree(AREAS)


def item(origin: str, path: tuple[str, ...], version: int = 1, digest: str = "") -> SharedItem:
    return SharedItem(origin, version, path, "announcement", "normal", ("tinh",), "Họp", NOW, digest or str(version))


@dataclass
class Peer:
    """A server of the model: what it made (origin -> version), what it took, and what left it."""

    name: str
    made: dict[str, int] = field(default_factory=dict)
    gone: dict[str, int] = field(default_factory=dict)
    taken: dict[str, KnownItem] = field(default_factory=dict)
    copies: dict[str, int] = field(default_factory=dict)

    def feed(self) -> ServerFeed:
        own = [item(origin, (self.name,), version) for origin, version in self.made.items()]
        passed = [
            item(one.origin, (*one.path, self.name), one.version, one.digest)
            for one in self.taken.values()
            if not one.gone and len(one.path) < LONGEST_PATH
        ]
        left = {**self.gone, **{one.origin: one.version for one in self.taken.values() if one.gone}}
        tombstones = tuple(Tombstone(origin, version, "withdrawn") for origin, version in left.items())
        return ServerFeed(self.name, True, (*own, *passed), gone=tombstones)

    def read(self, other: Peer) -> None:
        feed = other.feed()
        for one in feed.items:
            known = self.taken.get(one.origin)
            said = sharing.verdict(one, known, source=other.name, server=other.name, own=self.name)
            if said in ("new", "changed", "moved"):
                if said == "new":
                    self.copies[one.origin] = self.copies.get(one.origin, 0) + 1
                self.taken[one.origin] = KnownItem(
                    one.origin, other.name, one.kind, 1, one.version, one.path, one.digest
                )
        for tombstone in feed.gone:
            known = self.taken.get(tombstone.origin)
            if known is not None and sharing.may_end(tombstone, known, source=other.name):
                self.taken[tombstone.origin] = replace(known, gone=True, version=tombstone.version)
        mine = {origin: one for origin, one in self.taken.items() if one.source == other.name}
        for left in sharing.missing((feed,), mine):
            self.taken[left.origin] = replace(left, gone=True)


NAMES = "abcd"
EDGES = st.lists(st.tuples(st.sampled_from(NAMES), st.sampled_from(NAMES)), min_size=1, max_size=10, unique=True)


def network(edges: list[tuple[str, str]]) -> tuple[dict[str, Peer], list[tuple[str, str]]]:
    return {name: Peer(name) for name in NAMES}, [(reader, read) for reader, read in edges if reader != read]


def rounds(peers: Mapping[str, Peer], edges: list[tuple[str, str]], number: int) -> None:
    for _ in range(number):
        for reader, read in edges:
            peers[reader].read(peers[read])


def reached(edges: list[tuple[str, str]], start: str) -> set[str]:
    found, grown = {start}, True
    while grown:
        more = {reader for reader, read in edges if read in found} - found
        found, grown = found | more, bool(more)
    return found - {start}


@given(EDGES)
def test_an_item_comes_once_to_every_server_that_it_can_reach(pairs: list[tuple[str, str]]) -> None:
    peers, edges = network(pairs)
    peers["a"].made["a/1"] = 1
    rounds(peers, edges, 3)
    for name, peer in peers.items():
        assert peer.copies == ({"a/1": 1} if name in reached(edges, "a") else {})


@given(EDGES)
def test_a_change_and_then_a_withdrawal_reach_all_of_them(pairs: list[tuple[str, str]]) -> None:
    peers, edges = network(pairs)
    peers["a"].made["a/1"] = 1
    rounds(peers, edges, 3)
    peers["a"].made["a/1"] = 2
    rounds(peers, edges, 3)
    assert all(peers[name].taken["a/1"].version == 2 for name in reached(edges, "a"))
    del peers["a"].made["a/1"]
    peers["a"].gone["a/1"] = 3
    rounds(peers, edges, 4)
    assert all(peers[name].taken["a/1"].gone for name in reached(edges, "a"))


def test_a_withdrawal_is_noticed_without_its_tombstone_in_a_complete_feed_only() -> None:
    known = {"a/1": KnownItem("a/1", "s", "posting", 1, 1, ("a",), "d")}
    assert sharing.missing((ServerFeed("a", True, ()),), known) == (known["a/1"],)
    assert sharing.missing((ServerFeed("a", False, ()),), known) == ()
    assert sharing.missing((ServerFeed("a", True, (), {"a/1": 1}),), known) == ()
    story = {"a/2": KnownItem("a/2", "s", "story", 1, 1, ("a",), "d")}
    assert sharing.missing((ServerFeed("a", True, ()),), story) == ()


def test_forged_paths_long_ways_and_old_versions_are_refused() -> None:
    def said(one: SharedItem, known: KnownItem | None = None, source: str = "s") -> str:
        return sharing.verdict(one, known, source=source, server="b", own="me")

    assert said(item("a/1", ("a", "b"))) == "new"
    assert said(item("a/1", ("c", "b"))) == "forged"
    assert said(item("a/1", ("a", "c"))) == "forged"
    assert said(item("me/1", ("me", "b"))) == "own"
    assert said(item("a/1", ("a", "me", "b"))) == "own"
    assert said(item("a/1", ("a", "b", "a", "b"))) == "too far"
    assert said(item("a/1", ("a", *"cdefghij", "b"))) == "too far"
    known = KnownItem("a/1", "s", "announcement", 1, 5, ("a", "b"), "5")
    assert said(item("a/1", ("a", "b"), 4), known) == "old"
    assert said(item("a/1", ("a", "b"), 5), known) == "same"
    assert said(item("a/1", ("a", "b"), 6), known) == "changed"
    assert said(item("a/1", ("a", "c", "b"), 6), known, "other") == "other source"
    assert sharing.verdict(item("a/1", ("a",), 5), known, source="other", server="a", own="me") == "moved"


def test_only_the_source_that_brought_an_item_may_end_it() -> None:
    known = KnownItem("a/1", "s", "announcement", 1, 5, ("a",), "5")
    gone = Tombstone("a/1", 6, "withdrawn")
    assert sharing.may_end(gone, known, source="s")
    assert not sharing.may_end(gone, known, source="other")
    assert not sharing.may_end(replace(gone, version=4), known, source="s")
    assert not sharing.may_end(gone, None, source="s")


CODES = st.sampled_from(("VN-66", "VN-01", ""))


@given(st.lists(st.tuples(st.sampled_from(("x", "y", "tinh", HOME)), CODES), unique_by=lambda one: one[0]))
def test_a_server_speaks_only_for_areas_with_the_code_of_the_place_or_of_one_above(
    claims: list[tuple[str, str]],
) -> None:
    found = speakers([RemoteArea(slug, slug, (code,)) for slug, code in claims], {}, HOME, TREE)
    assert set(found) == {slug for slug, code in claims if code == "VN-66"}
    assert all(target == Target(HOME, "tinh", "above") for target in found.values())


def test_an_editor_links_areas_and_can_forbid_one() -> None:
    remote = [RemoteArea("t", "Tỉnh", ("VN-66",)), RemoteArea("x", "Xã")]
    assert speakers(remote, {"t": ""}, HOME, TREE) == {}
    assert speakers(remote, {"x": HOME}, HOME, TREE)["x"] == Target(HOME, HOME, "same")
    assert speakers(remote, {"x": HOME}, "tinh", TREE)["x"] == Target(HOME, HOME, "below")
    assert "x" not in speakers(remote, {"x": "xa-dong-hai"}, HOME, TREE)
    assert "x" not in speakers(remote, {"x": "khong-co"}, HOME, TREE)


def test_feeds_of_the_topmost_accepted_areas_are_read() -> None:
    remote = [
        RemoteArea("t", "Tỉnh", feed="/t"),
        RemoteArea("x", "Xã", parent="t", feed="/x"),
        RemoteArea("y", "Xã", parent="t", feed="/y"),
    ]
    assert feeds_of(remote, ["t", "x"]) == ("/t",)
    assert feeds_of(remote, ["x", "y"]) == ("/x", "/y")
    assert feeds_of(remote, []) == ()


def test_a_lease_is_renewed_after_its_half_and_never_longer_than_two_weeks() -> None:
    assert lease_of(10**9) == LONGEST_LEASE
    assert must_ask(None, None, NOW, awaits=False)
    assert not must_ask(NOW, None, NOW + ASK_AGAIN / 2, awaits=True)
    assert must_ask(NOW, None, NOW + ASK_AGAIN, awaits=True)
    assert not must_ask(NOW, NOW + 2 * DAY, NOW + DAY / 2, awaits=False)
    assert must_ask(NOW, NOW + 2 * DAY, NOW + DAY, awaits=False)
