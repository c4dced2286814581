"""Several real offices, each with a store of its own, that read each other through their Flask applications.

`Network` stands in for the network: it answers a fetch with what the desk of that host responds, and delivers pushes.
"""

# ruff: noqa: ARG002 - the network needs no limits and no times
from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

from feeds import FeedError, FetchPolicy
from feeds.download.http import Fetched
from feeds.download.post import Posted
from feeds.entry import Picture
from feeds.errors import Unreachable
from server.core.model import AlertSettings, Announcement, Lane, Notice, Source, SourceState, Story
from server.setup.config import Config
from server.store.announcements import announcements
from server.store.announcements.announcements import Rules
from server.store.boards import boards
from server.store.notices import notices
from server.store.sources import sources, story_lanes
from server.worker.harvest.source_reader import SourceUpdate
from server.worker.levels.pictures import PictureStore
from server.worker.levels.server_intake import Client, ServerIntake
from server.worker.levels.subscriber import LevelSubscriber
from server.worker.levels.taking import ItemTaker
from tests.cast import BOARDS, EDITOR, NOW
from tests.desk.office import Office, office_on


@dataclass
class Node:
    """A server of the network: an office whose public boards are ``boards``, and the worker's reading of others."""

    name: str
    office: Office
    net: Network

    @property
    def url(self) -> str:
        return f"https://{self.name}.example.vn"

    def folder(self) -> Path:
        made = self.office.folder / "media"
        made.mkdir(exist_ok=True)
        return made

    def intake(self, client: Client | None = None) -> ServerIntake:
        """Reads other servers by ``client``, by default in the network."""
        db, clock = self.office.db, self.office.clock
        pictures = PictureStore(db, self.net, self.folder(), _policy)  # type: ignore[arg-type] # reads no feeds
        return ServerIntake(
            db,
            client or self.net,
            clock,
            pictures=pictures,
            taker=ItemTaker(db, clock, Rules(), False),
            policy=_policy,
        )

    def follow(self, other: Node, area: str, *, trust: str = "auto", alerts: str = "live") -> Source:
        """Adds the other server as a source of ``area``, by its address alone; all boards show its stories."""
        made = Source(
            f"tu-{other.name}", f"Máy chủ {other.name}", "server", f"{other.url}/", area=area,
            every=timedelta(minutes=1), trust="auto" if trust == "auto" else "hold",
            cap=AlertSettings(alerts="live" if alerts == "live" else "draft"),
        )  # fmt: skip
        sources.save(self.office.db, made, actor=EDITOR.slug, now=NOW)
        for board in boards.all(self.office.db):
            lanes = (*board.lanes, Lane(made.slug))
            boards.save(self.office.db, replace(board, lanes=lanes), actor=EDITOR.slug, now=NOW)
        return made

    def read(self, other: Node) -> SourceUpdate:
        """Reads the other server once, as the harvest does."""
        slug = f"tu-{other.name}"
        state = self.net.states.get((self.name, slug), SourceState(slug, NOW))
        update = self.intake().poll(sources.get(self.office.db, slug), state)
        etag = update.fetched.etag or state.etag
        self.net.states[self.name, slug] = replace(state, etag=etag)
        return update

    def subscriber(self) -> LevelSubscriber:
        return LevelSubscriber(self.office.db, self.net.post, self.office.clock, base=self.url, policy=_policy)

    def post(self, one: Announcement) -> Announcement:
        return announcements.post(self.office.db, one, actor=EDITOR.slug)

    def announcements(self, title: str = "") -> list[Announcement]:
        """Announcements that are not withdrawn, oldest first."""
        found = [one for one in announcements.all(self.office.db) if one.state != "withdrawn"]
        return [one for one in reversed(found) if title in one.title]

    def live(self) -> list[Notice]:
        return list(notices.live(self.office.db, self.office.now))

    def stories(self, other: Node) -> list[Story]:
        lanes = (Lane(f"tu-{other.name}", 50, 365),)
        return list(story_lanes.for_lanes(self.office.db, [lanes], self.office.now)[lanes])


@dataclass
class Network:
    """All nodes by name. Those whose name is in ``cut`` cannot be reached; ``asked`` are the paths that were read."""

    folder: Path
    template: Path
    nodes: dict[str, Node] = field(default_factory=dict)
    states: dict[tuple[str, str], SourceState] = field(default_factory=dict)
    cut: set[str] = field(default_factory=set)
    asked: list[tuple[str, int, int]] = field(default_factory=list)
    posted: list[dict[str, str]] = field(default_factory=list)
    spoilt: bool = False

    def node(self, name: str, *public: str) -> Node:
        """A server with the areas of the cast; its boards are those of ``public``."""
        folder = self.folder / name
        folder.mkdir()
        office = office_on(self.template, folder)
        office.config = Config.model_validate(
            {"server": {"public_url": f"https://{name}.example.vn"}, "people": {"second_factor": False}}
        )
        for board in BOARDS:
            if board.slug not in public:
                boards.remove(office.db, board.slug, actor=EDITOR.slug, now=NOW)
        self.nodes[name] = Node(name, office, self)
        return self.nodes[name]

    def later(self, **parts: float) -> None:
        for node in self.nodes.values():
            node.office.later(**parts)

    def close(self) -> None:
        for node in self.nodes.values():
            node.office.db.close()

    def _node(self, url: str) -> Node:
        name = (urlsplit(url).hostname or "").partition(".")[0]
        if name in self.cut:
            raise Unreachable("Không nối được.", "unreachable")
        return self.nodes[name]

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        parts = urlsplit(url)
        node = self._node(url)
        if parts.path.startswith("/glass/media/"):
            body = (node.folder() / f"{parts.path.rpartition('/')[2]}.webp").read_bytes()
            return Fetched(url, 200, b"?" if self.spoilt else body, "image/webp", "", "", None, None, None)
        address = f"{parts.path}?{parts.query}" if parts.query else parts.path
        headers = {"If-None-Match": etag, "Accept-Encoding": "gzip"}
        got = node.office.browser().client.get(address, headers=headers)
        self.asked.append((parts.path, got.status_code, len(got.data)))
        if got.status_code not in (200, 304):
            raise FeedError(f"{got.status_code}", f"http-{got.status_code}")
        kind = got.headers.get("Content-Type", "")
        return Fetched(url, got.status_code, got.data, kind, got.headers["ETag"], "", None, None, None)

    def picture(self, body: bytes) -> Picture:
        return Picture(body, 8, 6)

    def post(self, url: str, policy: FetchPolicy, content: bytes, *, headers: dict[str, str]) -> Posted:
        with suppress(ValueError):
            self.posted.append({name: values[0] for name, values in parse_qs(content.decode()).items()})
        got = self._node(url).office.browser().client.post(urlsplit(url).path, data=content, headers=headers)
        return Posted(got.status_code, None, got.data)


def _policy(source: Source, most: int) -> FetchPolicy:
    return FetchPolicy(max_bytes=most)
