"""A web server with CAP alerts and an index of them, and a store whose worker polls it; for tests of the intake."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Lock
from time import monotonic
from typing import Any
from xml.sax.saxutils import escape
from zoneinfo import ZoneInfo

from feeds import fetch
from feeds.download.http import Fetched
from feeds.download.request import FetchPolicy
from feeds.entry import Picture
from feeds.formats.cap.document import CapIndex
from feeds.sandbox.isolate import SandboxPool
from server.core.alerts.rules import AlertRules
from server.core.model import AlertSettings, Board, Notice, Source, SourceState
from server.store.alerts import alert_list, polls
from server.store.alerts.alerts import AlertRow
from server.store.alerts.polls import PollState
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.sources import sources
from server.worker.harvest.alert_intake import AlertIntake
from server.worker.harvest.alert_reconciler import AlertReconciler
from server.worker.harvest.harvest import Harvest, HarvestPools
from server.worker.harvest.source_reader import SourceReader
from server.worker.harvest.thread_pools import ThreadPool
from tests import http_server
from tests.cast import AREAS, BOARDS, HOUR, MINUTE, NOW
from tests.live.studio import Clock
from tests.worker.harvest.support import Direct, FakeFeeds

ZONE = ZoneInfo("Asia/Ho_Chi_Minh")
SLUG = "nchmf"
CENTRE = "canh-bao@khituong.example"
PROVINCE = "<geocode><valueName>ISO 3166-2</valueName><value>VN-66</value></geocode>"
HALL_ONLY = "<circle>20.646,106.051 2</circle>"
"""Reaches the board of the cast that has a point; the others have none."""


def stamp(at: datetime) -> str:
    """``at`` as CAP writes it."""
    return at.astimezone(ZONE).isoformat(timespec="seconds")


@dataclass(frozen=True)
class Cap:
    """A warning of a storm, written as CAP 1.2; ``names`` are the warnings that it refers to.

    One that ``lasts`` no time has no ``expires``.
    """

    identifier: str
    sent: datetime = NOW
    kind: str = "Alert"
    names: tuple[Cap, ...] = ()
    headline: str = "Bão số 3 vào Hưng Yên"
    severity: str = "Severe"
    lasts: timedelta = 3 * HOUR
    place: str = PROVINCE
    body: bool = True
    instruction: str = "Ở yên trong nhà. Không ra khơi."
    extra: str = ""
    status: str = "Actual"

    def xml(self) -> bytes:
        """The document."""
        references = " ".join(f"{CENTRE},{one.identifier},{stamp(one.sent)}" for one in self.names)
        expires = f"<expires>{stamp(self.sent + self.lasts)}</expires>" if self.lasts else ""
        info = f"""
          <info><language>vi-VN</language><category>Met</category><event>Bão</event><urgency>Immediate</urgency>
          <severity>{self.severity}</severity><certainty>Observed</certainty>{self.extra}
          {expires}<senderName>Trung tâm khí tượng</senderName>
          <headline>{escape(self.headline)}</headline><instruction>{escape(self.instruction)}</instruction>
          <area><areaDesc>Hưng Yên</areaDesc>{self.place}</area></info>"""
        return f"""<?xml version="1.0" encoding="UTF-8"?>
          <alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{self.identifier}</identifier>
          <sender>{CENTRE}</sender><sent>{stamp(self.sent)}</sent><status>{self.status}</status>
          <msgType>{self.kind}</msgType><scope>Public</scope>
          {f"<references>{references}</references>" if references else ""}{info if self.body else ""}
          </alert>""".encode()


def update(identifier: str, of: Cap, sent: datetime, *, place: str = PROVINCE) -> Cap:
    """An Update of one warning."""
    return Cap(identifier, sent, "Update", (of,), headline="Bão mạnh lên", place=place)


def cancel(identifier: str, of: Cap, sent: datetime) -> Cap:
    """A Cancel of one warning, without an info."""
    return Cap(identifier, sent, "Cancel", (of,), body=False)


@dataclass
class Site:
    """What the server answers at each path: (status, content type, body).

    ``asked`` are the paths in order, ``asked_at`` their monotonic times in seconds.
    """

    port: int = 0
    answers: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    asked_at: list[float] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def publish(self, *documents: Cap) -> None:
        """Makes an Atom index of ``documents``, the first one the newest."""
        entries = ""
        for one in documents:
            path = f"/cap/{one.identifier}.xml"
            self.answers[path] = (200, "application/cap+xml", one.xml())
            entries += (
                f"<entry><id>{one.identifier}</id><title>{one.headline}</title><updated>{stamp(one.sent)}</updated>"
                f'<link type="application/cap+xml" href="{path}"/></entry>'
            )
        index = f'<feed xmlns="http://www.w3.org/2005/Atom"><title>Cảnh báo</title>{entries}</feed>'
        self.answers["/index.xml"] = (200, "application/atom+xml", index.encode())

    def answer(self, status: int, kind: str = "application/atom+xml", body: bytes = b"") -> None:
        """What the index answers from now on."""
        self.answers["/index.xml"] = (status, kind, body)


@contextmanager
def serving() -> Iterator[Site]:
    """A site on a free port of this machine."""
    site = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            with site.lock:
                site.asked.append(self.path)
                site.asked_at.append(monotonic())
            status, kind, body = site.answers.get(self.path, (404, "text/plain", b""))
            self.send_response(status)
            self.send_header("Content-Type", kind)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if status != 204:
                self.wfile.write(body)

    with http_server.serving(Handler) as site.port:
        yield site


class CapFeeds:
    """The library feeds as the worker uses it: real downloads, real parsing in child processes."""

    def __init__(self, sandbox: SandboxPool) -> None:
        self._sandbox = sandbox

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        return fetch(url, policy, etag=etag, last_modified=last_modified)

    def read_cap(self, body: bytes, *, address: str, content_type: str, zone: str, certificate: str) -> CapIndex:
        return self._sandbox.read_cap(
            body, address=address, content_type=content_type, zone=zone, certificate=certificate
        )


class PictureFeeds:
    """The library feeds as the worker uses it for pictures."""

    def __init__(self, sandbox: SandboxPool) -> None:
        self._sandbox = sandbox

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        return fetch(url, policy, etag=etag, last_modified=last_modified)

    def picture(self, body: bytes) -> Picture:
        return self._sandbox.picture(body)


class AlertCase:
    """A store with one source of alerts, which is the site, and the harvest that polls it."""

    def __init__(
        self, db: Database, site: Site, sandbox: SandboxPool, data: Path, executor: ThreadPoolExecutor
    ) -> None:
        self.db, self.site, self.clock, self.sandbox = db, site, Clock(), sandbox
        self._feeds, self._data, self._executor = CapFeeds(sandbox), data, executor

    def use(
        self,
        common: AlertRules | None = None,
        boards: tuple[Board, ...] = BOARDS,
        own: frozenset[str] = frozenset(),
        **settings: Any,
    ) -> None:
        """Seeds the source with these settings, live unless they say otherwise, and starts a worker."""
        cap = replace(AlertSettings("live"), **settings)
        source = Source(
            SLUG, "Đài khí tượng", "cap", f"{self.site.address}/index.xml", area="tinh", every=2 * MINUTE, cap=cap
        )
        sources.seed(self.db, areas=AREAS, sources=[source], boards=boards, now=self.clock())
        rules = common or AlertRules()
        self.own_read = 0

        def own_senders() -> frozenset[str]:
            self.own_read += 1
            return own

        self.reconciler = AlertReconciler(self.db, self.clock, rules)
        reader = SourceReader(
            self.db, FakeFeeds(), self.clock, base=self._data, folder=self._data, allow_private=("127.0.0.1",)
        )
        intake = AlertIntake(
            self.db,
            self._feeds,
            self.clock,
            base=self._data,
            policy=reader.policy,
            common=rules,
            reconcile=self.reconciler.reconcile,
            executor=self._executor,
            own_senders=own_senders,
        )
        pool = HarvestPools(*(ThreadPool(Direct(), 4, 4, clock=lambda: self.clock().timestamp()) for _ in range(3)))
        self.harvest = Harvest(
            self.db, FakeFeeds(), reader, self.clock, worker="a", pools=pool, spread=lambda: 0.0, alerts=intake
        )

    def poll(self, *documents: Cap, minutes: float = 10) -> None:
        """Publishes ``documents`` and polls the site; the clock goes on by ``minutes`` first."""
        if documents:
            self.site.publish(*documents)
        self.clock.move(minutes=minutes)
        self.harvest.tick()

    def live(self) -> tuple[Notice, ...]:
        """The notices on air now."""
        notices.expire_due(self.db, self.clock())
        return notices.live(self.db, self.clock())

    def headlines(self, board: str = "") -> list[str]:
        """The headlines on air now, of one board if it is named."""
        return sorted(one.headline for one in self.live() if not board or board in one.boards)

    def rows(self) -> Mapping[str, AlertRow]:
        """Identifier -> row of the desk's list."""
        return {one.alert.identifier: one for one in alert_list.listing(self.db, self.clock()).rows}

    def states(self) -> dict[str, str]:
        """Identifier -> what became of the document."""
        return {name: one.state for name, one in self.rows().items()}

    def polls(self) -> PollState:
        """What is known of the polls of the site."""
        return next(one for one in polls.states(self.db) if one.source == SLUG)

    def state(self) -> SourceState:
        """The state of the source."""
        return next(one for one in sources.states(self.db) if one.slug == SLUG)
