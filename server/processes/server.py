"""Where concrete things meet: config, store, director, hub, pages, harvest. Called by main, and by tests with
other edges (clock, reader of sources).
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from random import SystemRandom
from time import monotonic
from typing import Any
from zoneinfo import ZoneInfo

import gevent
import gevent.event
import structlog
from flask import Flask

from feeds.clean.pictures import Picture
from feeds.download.http import Fetched, FetchPolicy, fetch
from feeds.entry import Reading
from feeds.sandbox.isolate import SandboxPool
from feeds.selectors import Selectors
from server.content.board_content import SlideMaker
from server.core.times import to_ms
from server.desk.screens.wall_tickets import wall_tickets
from server.live.broadcast.hub import Hub
from server.live.glass import assets
from server.live.glass.board_pages import glass_pages
from server.live.glass.device_pages import screen_pages
from server.live.glass.security_headers import shield
from server.live.loop.db_thread import DbThread
from server.live.loop.loop_lag import LoopLag
from server.live.loop.process_limits import raise_file_limit, settle_memory
from server.live.ops.desk_proxy import DeskProxy, beside
from server.live.ops.health import health_pages
from server.live.ops.metrics import Metrics, metrics_pages
from server.live.ops.server_metrics import figures
from server.live.rotation.cooperative_yield import CooperativeYield
from server.live.rotation.director import Director
from server.live.screens.receipts import Receipts
from server.live.screens.registry import ScreenRegistry
from server.live.screens.wall import Wall
from server.live.sockets.wsgi_server import Server
from server.media.importer import file_sandbox
from server.notifications.mailer import Mailer, MailServer
from server.processes.jobs import Job, OneAtATime, beat_in_server, beat_in_worker
from server.setup import backup_file
from server.setup.config import Config
from server.setup.store_setup import Clock, open_store
from server.slides.render import Renderer
from server.store.announcements import recurring
from server.store.audit import chain
from server.store.boards import laps
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.notices import notices
from server.worker.harvest.file_watcher import FileWatcher
from server.worker.harvest.harvest import Harvest, HarvestPools
from server.worker.harvest.source_reader import SourceReader
from server.worker.harvest.thread_pools import ThreadPool
from server.worker.maintenance import Maintenance
from server.worker.uploads import UploadImporter

log = structlog.get_logger("assembly")

TICK_SECONDS = 0.1
REFRESH_SECONDS = 0.2
HARVEST_SECONDS = 0.25
CHILDREN = 4
EXPIRE_SECONDS = 5
FORGET_SECONDS = 3_600
BACKUP_SECONDS = 60
UPLOADS_SECONDS = 0.25
RENEW_SECONDS = 600
MAIL_SECONDS = 2
SEAL_SECONDS = 60
OUTAGE_SECONDS = 30
WALL_SECONDS = 0.25
TEST_SECONDS = 600


def pictures_folder(data: Path) -> Path:
    folder = data / "media"
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def uploads_folder(data: Path) -> Path:
    """Files as people sent them, until the worker has looked into them."""
    folder = data / "uploads"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


@dataclass(frozen=True, slots=True)
class ServerApp:
    """One server: its director and hub, and the WSGI application in front of them."""

    app: Flask
    director: Director
    hub: Hub
    desk: DeskProxy
    devices: ScreenRegistry
    receipts: Receipts
    wall: Wall
    loop_lag: LoopLag

    def serve(self, listener: Any, stop: gevent.event.Event) -> None:
        """Serves on a bound socket until ``stop`` is set; gone within two seconds of it."""
        raise_file_limit()
        server = Server(
            listener, beside(self.app.wsgi_app, self.desk), error_log=_ServerLog(), upgrade=self.hub.upgrade
        )
        self.director.publisher = self.hub
        tick = OneAtATime(self.director.tick)
        self.desk.on_write = lambda: gevent.spawn(tick)
        if self.hub.queue is not None:
            self.director.on_change = self.hub.queue.nudge
            self.hub.queue.on_look = lambda _revision: gevent.spawn(tick)
        self.devices.sockets = self.hub
        self.devices.look()
        self.director.tick()
        self.director.refresh()
        server.start()
        stop_beat = beat_in_server(
            Job("tick", TICK_SECONDS, tick),
            Job("refresh", REFRESH_SECONDS, self.director.refresh),
            Job("cut deaf", 1, self.hub.cut_deaf),
            Job("devices", TICK_SECONDS, self.devices.look),
            Job("receipts", REFRESH_SECONDS, self.receipts.flush),
            Job("wall", WALL_SECONDS, self.wall.beat),
            Job("wall watchers", 1, self.wall.check),
        )
        settle_memory()
        watching = gevent.spawn(self.loop_lag.run)
        stop.wait()
        watching.kill()
        stop_beat()
        server.stop(timeout=1)


def assemble(
    config: Config,
    data: Path,
    clock: Clock,
    *,
    maker: SlideMaker | None = None,
    desk_address: Callable[[], str] = lambda: "",
) -> ServerApp:
    """A server on the store that config names; three connections, one for the loop and one for each thread aside.

    ``desk_address`` names the socket on which the desk's process answers; without one its pages are 503.
    """
    db = open_store(config, data, clock, seed=True)
    db_thread, writer = (DbThread(Database.open(config.store.url, data)) for _ in range(2))
    director = Director(
        db,
        maker or Renderer(),
        clock,
        offload=db_thread,
        offload_write=writer,
        themes=config.theme_values(),
        breathe=CooperativeYield(monotonic, lambda: gevent.sleep(0)),
    )
    files = assets.load()
    app = Flask("server", static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    origins = [config.server.public_url.rstrip("/")] if config.server.public_url else None
    devices, receipts = ScreenRegistry(db, clock), Receipts(director, clock, writer)
    hub = Hub(
        app,
        director,
        epoch=director.epoch,
        build=files.build,
        clock=clock,
        devices=devices,
        receipts=receipts,
        origins=origins,
        fanout=config.server.fanout,
        queue=config.queue.url,
    )
    app.register_blueprint(glass_pages(director, devices, files, pictures_folder(data), clock))
    app.register_blueprint(screen_pages(writer, devices, files, data, clock, config.server.public_url))
    app.register_blueprint(health_pages(lambda: director.trouble, lambda: len(director.boards())))
    shield(app)
    desk = DeskProxy(desk_address, tls=config.server.public_url.startswith("https://"), proxies=config.server.proxies)
    for_wall = DbThread(Database.open(config.store.url, data))
    tickets = wall_tickets(data)
    wall = Wall(director, devices, receipts, clock, offload=for_wall, read_ticket=tickets.read)
    hub.open_wall(wall)
    metrics = Metrics()
    loop_lag = LoopLag(monotonic, gevent.sleep, metrics.observe_late)
    metrics.figures = figures(director, hub, devices, receipts, loop_lag, for_wall)
    app.register_blueprint(metrics_pages(metrics, [ip_network(one) for one in config.server.metrics_from]))
    return ServerApp(app, director, hub, desk, devices, receipts, wall, loop_lag)


class _ServerLog:
    """What pywsgi writes about broken requests, as log lines."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("http", said=text.strip())

    def writelines(self, lines: list[str]) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        """Nothing is held back."""


class FeedsReader:
    """The reading half for real: guarded fetches, parsing and pictures in killable children."""

    def __init__(self) -> None:
        self._sandbox = SandboxPool(CHILDREN)

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        return fetch(url, policy, etag=etag, last_modified=last_modified)

    def read(
        self, body: bytes, *, address: str, content_type: str, zone: str, now: datetime, page: Selectors | None
    ) -> Reading:
        return self._sandbox.read(body, address=address, content_type=content_type, zone=zone, now=now, page=page)

    def article(self, body: bytes, *, address: str, content_type: str) -> tuple[str, str | None, str]:
        return self._sandbox.article(body, address=address, content_type=content_type)

    def picture(self, body: bytes) -> Picture:
        return self._sandbox.picture(body)


def pools() -> HarvestPools:
    """Two for files, four for hosts, two for hosts that failed last time; those that hang do not count for long."""
    return HarvestPools(
        files=ThreadPool(ThreadPoolExecutor(2, "files"), active_limit=2, total_limit=2),
        healthy=ThreadPool(ThreadPoolExecutor(24, "hosts"), active_limit=4, total_limit=24),
        failing=ThreadPool(ThreadPoolExecutor(12, "ailing"), active_limit=2, total_limit=12),
    )


def start_worker(
    config: Config, base: Path, data: Path, clock: Clock, *, alive: Callable[[], object] = lambda: None
) -> Callable[[], None]:
    """Starts harvesting into the store; ``base`` is what file sources are relative to. Returns what stops it.

    ``alive`` is called at every beat of the harvest: whoever watches this process knows by it that it turns.
    """
    db = open_store(config, data, clock, seed=True)
    worker = f"{os.uname().nodename}-{os.getpid()}"
    reader = FeedsReader()
    source_reader = SourceReader(
        db,
        reader,
        clock,
        base=base,
        folder=pictures_folder(data),
        allow_private=config.fetch.allow_private,
    )
    spread = partial(SystemRandom().uniform, -0.1, 0.1)
    harvest = Harvest(db, reader, source_reader, clock, worker=worker, pools=pools(), spread=spread)
    FileWatcher(db, clock, base).start()

    def beat() -> None:
        harvest.tick()
        alive()

    kept = timedelta(days=config.history.laps_days)
    uploads_job = UploadImporter(db, uploads_folder(data), pictures_folder(data), clock, file_sandbox())
    days_off = config.announcements.days_off
    maintenance = Maintenance(db, config.receipts, ZoneInfo(config.timezone), clock)
    return beat_in_worker(
        Job("uploads", UPLOADS_SECONDS, uploads_job.tick),
        Job("tidy uploads", FORGET_SECONDS, uploads_job.delete_expired),
        Job("renew", RENEW_SECONDS, lambda: recurring.renew(db, clock(), days_off)),
        *_mail_jobs(config, data, db, clock),
        Job("harvest", HARVEST_SECONDS, beat),
        Job("seal", SEAL_SECONDS, lambda: chain.extend(db, clock())),
        Job("expire", EXPIRE_SECONDS, lambda: notices.expire_due(db, clock())),
        Job("forget", FORGET_SECONDS, lambda: laps.forget_aired(db, before=to_ms(clock() - kept))),
        Job("outages", OUTAGE_SECONDS, maintenance.note_outages),
        Job("old proof", FORGET_SECONDS, maintenance.forget),
        Job("silent test", TEST_SECONDS, maintenance.test_weekly),
        *_backup_jobs(config, data, clock),
    )


def _backup_jobs(config: Config, data: Path, clock: Clock) -> list[Job]:
    """The store and the keys, again and again; a folder that cannot be written is said and stops nothing."""
    said = config.backup
    if not said.every_hours:
        return []
    folder, every = data / said.folder, timedelta(hours=said.every_hours)

    def beat() -> None:
        now = clock()
        if backup_file.newest(folder, now) < every:
            return
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            backup_file.write(config.store.url, data, folder / backup_file.name_at(now), now, media=False)
            backup_file.keep_newest(folder, said.keep)
            log.info("backup", folder=str(folder))
        except (OSError, StoreError) as error:
            log.error("no backup", folder=str(folder), error=str(error))

    return [Job("backup", BACKUP_SECONDS, beat)]


def _mail_jobs(config: Config, data: Path, db: Database, clock: Clock) -> list[Job]:
    """None where no mail server is named: what people are told then stands in the desk alone."""
    said = config.mail
    if not said.host:
        return []
    password = (data / said.password_file).read_text(encoding="utf-8").strip() if said.password_file else ""
    office = MailServer(
        said.host, said.port, said.security, said.user, password, said.sender, config.server.public_url.rstrip("/")
    )
    return [Job("mail", MAIL_SECONDS, Mailer(db, office, clock).beat)]
