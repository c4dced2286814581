"""Builds the server process from its parts (store, director, hub, pages) and runs it.

Called by `run.py serve`, tests and benchmarks.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from ipaddress import ip_network
from pathlib import Path
from time import monotonic
from typing import Any
from wsgiref.types import WSGIApplication

import gevent
import gevent.event
import structlog
from flask import Flask

from server.content.board_content import SlideMaker
from server.core.times import to_ms
from server.desk.screens.wall_tickets import wall_tickets
from server.live.broadcast.hub import Hub
from server.live.glass import assets
from server.live.glass.board_pages import glass_pages
from server.live.glass.device_pages import screen_pages
from server.live.glass.security_headers import add_security_headers
from server.live.loop.db_thread import DbThread
from server.live.loop.loop_lag import LoopLag
from server.live.loop.nudge_socket import NudgeSocket
from server.live.loop.process_limits import file_limit, freeze_garbage_collector, raise_file_limit
from server.live.loop.time_limit import time_limit
from server.live.ops.desk_proxy import DeskProxy, with_desk
from server.live.ops.health import health_pages
from server.live.ops.health_checks import DESK_SECONDS, HealthChecks
from server.live.ops.left_out import LOOK_SECONDS as LEFT_OUT_SECONDS
from server.live.ops.left_out import LeftOutReport, name_of
from server.live.ops.metrics import Metrics, metrics_pages
from server.live.ops.public_cache import PublicCache
from server.live.ops.server_metrics import server_gauges
from server.live.ops.stored_files import StoredFiles
from server.live.ops.visitors import KnownVisitors
from server.live.rotation.clock_steps import ClockSteps
from server.live.rotation.cooperative_yield import CooperativeYield
from server.live.rotation.director import Director
from server.live.screens.receipts import Receipts
from server.live.screens.registry import ScreenRegistry
from server.live.screens.wall import Wall
from server.live.sockets.admission import Admission
from server.live.sockets.connection_table import ConnectionTable, Limits
from server.live.sockets.library_sessions import LibrarySessions
from server.live.sockets.request_body import BodyRate
from server.live.sockets.wsgi_server import Server
from server.processes.data_folders import media_folder, uploads_folder
from server.processes.job_monitor import JobMonitor
from server.processes.jobs import Job, OneAtATime, start_in_server
from server.setup import desk_trouble
from server.setup.allowed_hosts import AllowedHosts
from server.setup.config import Config
from server.setup.config_sections import ServerSection
from server.setup.store_setup import Clock, open_store
from server.slides.render import Renderer
from server.store.alerts import polls
from server.store.database import server_seen
from server.store.database.backup import file_of
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.trailing_slashes import redirect_trailing_slashes

log = structlog.get_logger("assembly")

TICK_SECONDS = 0.1
REFRESH_SECONDS = 0.2
WALL_SECONDS = 0.25
SWEEP_SECONDS = 0.5
HEALTH_SECONDS = 2


@dataclass(frozen=True, slots=True)
class ServerApp:
    """A server: the Flask application, and the parts that scheduled jobs use. ``assemble`` creates it.

    ``sign_of_life`` records in the store that a server runs on it.
    """

    app: Flask
    director: Director
    hub: Hub
    desk: DeskProxy
    registry: ScreenRegistry
    receipts: Receipts
    wall: Wall
    loop_lag: LoopLag
    sign_of_life: Callable[[], None]
    config: ServerSection
    table: ConnectionTable
    health: HealthChecks
    left_out: LeftOutReport
    monitor: JobMonitor
    data: Path
    clock: Clock

    def admission(self) -> Admission:
        """Returns the limits for clients. How many may connect depends on how many files this process may open."""
        section = self.config
        self.table.limits = self.table.limits.within(file_limit())
        return Admission(
            self.table,
            visitors=KnownVisitors(self.desk, self.registry.holds_key),
            body_rate=BodyRate(uploads_folder(self.data), section.request_seconds),
            hosts=AllowedHosts(section.public_url, section.hosts),
            proxies=section.proxies,
        )

    def application(self) -> WSGIApplication:
        """Returns the whole WSGI application: before it a cache of public pages, and before that the stored files."""
        director = self.director
        cache = PublicCache(
            with_desk(self.app.wsgi_app, self.desk),
            read_at=lambda: (director.epoch, director.store_revision),
            now=lambda: to_ms(self.clock()),
            monotonic=monotonic,
        )
        return StoredFiles(cache, self.data / "media")

    def serve(self, listener: Any, stop: gevent.event.Event, *, alive: Callable[[], object] = lambda: None) -> None:
        """Serves on the bound socket ``listener`` until ``stop`` is set, and returns within two seconds after that.

        ``alive`` sends the supervisor a heartbeat, without which it restarts the server. It is called before the
        first request is accepted and after each tick.
        """
        raise_file_limit()
        admission = self.admission()
        server = Server(
            listener,
            self.application(),
            error_log=_ErrorLog(),
            upgrade=self.hub.upgrade,
            admission=admission,
        )
        sessions = LibrarySessions(
            self.hub.io.server.eio, self.hub.connections.has_connected, monotonic, self.config.request_seconds
        )
        self.director.publisher = self.hub
        tick = OneAtATime(self.director.tick)
        refresh, registry = OneAtATime(self.director.refresh), OneAtATime(self.registry.refresh)

        def tick_and_tell() -> None:
            try:
                tick()
            finally:  # also if the tick raises: a restart would not help, and /readyz reports the failing job
                alive()

        def nudged() -> None:
            # ``refresh`` is not started, because composing would compete with sending an urgent notice.
            gevent.spawn(tick)
            gevent.spawn(registry)

        self.desk.on_write = lambda: gevent.spawn(tick)
        if self.hub.bus is not None:
            self.director.on_change = self.hub.bus.nudge
            self.hub.bus.on_nudge = lambda _revision: gevent.spawn(tick)
        self.registry.sockets = self.hub
        registry()
        tick()
        refresh()
        alive()
        server.start()
        nudges = NudgeSocket(self.data)
        listening = gevent.spawn(nudges.listen, nudged)
        stop_jobs = start_in_server(
            Job("tick", TICK_SECONDS, tick_and_tell),
            Job("refresh", REFRESH_SECONDS, refresh),
            Job("slow readers", 1, self.hub.disconnect_slow_readers),
            Job("registry", TICK_SECONDS, registry),
            Job("receipts", REFRESH_SECONDS, self.receipts.flush),
            Job("wall", WALL_SECONDS, self.wall.send_changes),
            Job("wall viewers", 1, self.wall.check_sign_ins),
            Job("sign of life", server_seen.EVERY_SECONDS, self.sign_of_life),
            Job("silent connections", SWEEP_SECONDS, self.table.sweep),
            Job("silent sessions", 1, sessions.sweep),
            Job("health", HEALTH_SECONDS, self.health.look),
            Job("desk", DESK_SECONDS, self.health.ask_desk),
            Job("left out", LEFT_OUT_SECONDS, self.left_out.look),
            monitor=self.monitor,
        )
        freeze_garbage_collector()
        measuring = gevent.spawn(self.loop_lag.run)
        stop.wait()
        gevent.killall([measuring, listening])
        nudges.close()
        stop_jobs()
        if self.hub.upgrade is not None:
            self.hub.upgrade.close_all()
        server.stop(timeout=1)


def event_of_signals(*numbers: int) -> gevent.event.Event:
    """Returns a gevent event that is set when this process receives one of the signals."""
    event = gevent.event.Event()
    for number in numbers:
        gevent.signal_handler(number, event.set)
    return event


def assemble(
    config: Config,
    data: Path,
    clock: Clock,
    *,
    maker: SlideMaker | None = None,
    desk_address: Callable[[], str] = lambda: "",
) -> ServerApp:
    """Builds a server on the store that ``config`` names, after seeding it with the areas and boards of ``config``.

    ``data`` is the data folder; ``maker`` renders slides, by default a Renderer. ``desk_address`` returns the path of
    the Unix socket of the desk's process; while nothing answers there, requests for the desk get 503. The server has
    six connections to the store: one for the event loop, and five for native threads. The threads read content,
    write, read for the live wall, read former laps, and check the store's health. Raises SetupError if a file of the
    screens' pages is missing; StoreError.
    """
    db = open_store(config, data, clock, seed=True)
    server_seen.note(db, clock())
    threads = (DbThread(Database.open(config.store.url, data)) for _ in range(5))
    reader, writer, wall_reader, lap_reader, prober = threads
    director = Director(
        db,
        maker or Renderer(config.server.public_url),
        clock,
        offload=reader,
        offload_write=writer,
        themes=config.theme_values(),
        maybe_yield=CooperativeYield(monotonic, lambda: gevent.sleep(0)),
        clock_steps=ClockSteps(clock, monotonic).step,
        time_limit=time_limit,
        read_polls=polls.views,
        silent_after=config.alert_rules().silent_after,
    )
    files = assets.load()
    app = Flask("server", static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    public_url = config.server.public_url
    registry, receipts = ScreenRegistry(db, clock), Receipts(director, clock, writer, lap_reader)
    hub = Hub(
        app,
        director,
        epoch=director.epoch,
        build=files.build,
        clock=clock,
        registry=registry,
        receipts=receipts,
        origins=[public_url.rstrip("/")] if public_url else None,
        fanout=config.server.fanout,
        queue_url=config.queue.url,
        monotonic=monotonic,
    )
    wall = Wall(
        director,
        registry,
        receipts,
        clock,
        monotonic=monotonic,
        offload=wall_reader,
        read_ticket=wall_tickets(data).read,
    )
    hub.open_wall(wall)
    desk = DeskProxy(desk_address, tls=public_url.startswith("https://"), proxies=config.server.proxies)
    monitor = JobMonitor()
    health = HealthChecks(
        director,
        thread=prober,
        writer=writer,
        data=data,
        store_file=file_of(config.store.url, data),
        monotonic=monotonic,
        late=monitor.late,
        failing=monitor.failing,
        desk_answers=desk.answers,
        desk_trouble=partial(desk_trouble.read, data),
        redis_lost=lambda: hub.bus is not None and hub.bus.lost,
        without_alerts=lambda db: polls.silent(db, clock(), config.alert_rules()),
    )
    table = ConnectionTable(_limits(config.server), monotonic, [ip_network(one) for one in config.server.uncapped])
    metrics = Metrics()
    loop_lag = LoopLag(monotonic, gevent.sleep, metrics.observe_lag)
    metrics.gauges = server_gauges(director, hub, registry, receipts, loop_lag, wall_reader, table, health)
    app.register_blueprint(glass_pages(director, registry, files, media_folder(data), clock, desk.ask_parts))
    redirect_trailing_slashes(app)
    desk.without_desk = app.wsgi_app
    proxies = config.server.proxies
    app.register_blueprint(
        screen_pages(writer, registry, files, data, clock, monotonic=monotonic, address=public_url, proxies=proxies)
    )
    app.register_blueprint(health_pages(health.report))
    app.register_blueprint(metrics_pages(metrics, [ip_network(one) for one in config.server.metrics_from]))
    add_security_headers(app)
    server_name = name_of(data, alone=file_of(config.store.url, data) is not None)
    return ServerApp(
        app=app,
        director=director,
        hub=hub,
        desk=desk,
        registry=registry,
        receipts=receipts,
        wall=wall,
        loop_lag=loop_lag,
        sign_of_life=partial(_note_server, writer, clock),
        config=config.server,
        table=table,
        health=health,
        left_out=LeftOutReport(director, clock, read=prober, write=writer, server=server_name),
        monitor=monitor,
        data=data,
        clock=clock,
    )


def _note_server(writer: DbThread, clock: Clock) -> None:
    """Records in the store that a server runs on it; ignores StoreError, which the director reports."""
    with suppress(StoreError):
        writer(lambda db: server_seen.note(db, clock()))


def _limits(section: ServerSection) -> Limits:
    seconds = section.request_seconds
    # A proxy keeps idle connections open for a minute. If the server closed them earlier, a request that is sent at
    # that moment would be lost.
    return Limits(request_seconds=seconds, idle_seconds=75 if section.proxies else 1.5 * seconds)


class _ErrorLog:
    """The file-like object to which pywsgi writes error messages; passes them to the log."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("http", said=text.strip())

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        """Does nothing, because nothing is buffered."""
