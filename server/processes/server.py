"""Builds a server process: store, director (laps), hub (sockets), pages; called by `run.py serve`, benchmarks."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from ipaddress import ip_network
from pathlib import Path
from time import monotonic
from typing import Any

import gevent
import gevent.event
import structlog
from flask import Flask

from server.content.board_content import SlideMaker
from server.desk.screens.wall_tickets import wall_tickets
from server.live.broadcast.hub import Hub
from server.live.glass import assets
from server.live.glass.board_pages import glass_pages
from server.live.glass.device_pages import screen_pages
from server.live.glass.security_headers import add_security_headers
from server.live.loop.db_thread import DbThread
from server.live.loop.loop_lag import LoopLag
from server.live.loop.process_limits import freeze_garbage_collector, raise_file_limit
from server.live.ops.desk_proxy import DeskProxy, with_desk
from server.live.ops.health import health_pages
from server.live.ops.metrics import Metrics, metrics_pages
from server.live.ops.server_metrics import server_gauges
from server.live.rotation.cooperative_yield import CooperativeYield
from server.live.rotation.director import Director
from server.live.screens.receipts import Receipts
from server.live.screens.registry import ScreenRegistry
from server.live.screens.wall import Wall
from server.live.sockets.wsgi_server import Server
from server.processes.data_folders import media_folder
from server.processes.jobs import Job, OneAtATime, start_in_server
from server.setup.config import Config
from server.setup.store_setup import Clock, open_store
from server.slides.render import Renderer
from server.store.database.engine import Database

log = structlog.get_logger("assembly")

TICK_SECONDS = 0.1
REFRESH_SECONDS = 0.2
WALL_SECONDS = 0.25


@dataclass(frozen=True, slots=True)
class ServerApp:
    """One server: the WSGI application, and the parts of it that run beside requests."""

    app: Flask
    director: Director
    hub: Hub
    desk: DeskProxy
    registry: ScreenRegistry
    receipts: Receipts
    wall: Wall
    loop_lag: LoopLag

    def serve(self, listener: Any, stop: gevent.event.Event) -> None:
        """Serves on a bound socket until ``stop`` is set, and returns within two seconds after that."""
        raise_file_limit()
        server = Server(
            listener, with_desk(self.app.wsgi_app, self.desk), error_log=_ErrorLog(), upgrade=self.hub.upgrade
        )
        self.director.publisher = self.hub
        tick = OneAtATime(self.director.tick)
        self.desk.on_write = lambda: gevent.spawn(tick)
        if self.hub.bus is not None:
            self.director.on_change = self.hub.bus.nudge
            self.hub.bus.on_nudge = lambda _revision: gevent.spawn(tick)
        self.registry.sockets = self.hub
        self.registry.refresh()
        self.director.tick()
        self.director.refresh()
        server.start()
        stop_jobs = start_in_server(
            Job("tick", TICK_SECONDS, tick),
            Job("refresh", REFRESH_SECONDS, self.director.refresh),
            Job("slow readers", 1, self.hub.disconnect_slow_readers),
            Job("registry", TICK_SECONDS, self.registry.refresh),
            Job("receipts", REFRESH_SECONDS, self.receipts.flush),
            Job("wall", WALL_SECONDS, self.wall.send_changes),
            Job("wall viewers", 1, self.wall.check_sign_ins),
        )
        freeze_garbage_collector()
        measuring = gevent.spawn(self.loop_lag.run)
        stop.wait()
        measuring.kill()
        stop_jobs()
        server.stop(timeout=1)


def event_of_signals(*numbers: int) -> gevent.event.Event:
    """An event of the loop that is set when one of the signals arrives."""
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
    """A server on the store that ``config`` names, seeded from it; ``data`` is the data folder. Raises SetupError.

    It has four connections to the store: one for the loop, and one for each native thread: reading, writing, the
    wall. ``desk_address`` gives the Unix socket of the desk's process; without one the desk's pages are 503.
    """
    db = open_store(config, data, clock, seed=True)
    reader, writer, wall_reader = (DbThread(Database.open(config.store.url, data)) for _ in range(3))
    director = Director(
        db,
        maker or Renderer(),
        clock,
        offload=reader,
        offload_write=writer,
        themes=config.theme_values(),
        maybe_yield=CooperativeYield(monotonic, lambda: gevent.sleep(0)),
    )
    files = assets.load()
    app = Flask("server", static_folder=None)
    app.jinja_env.trim_blocks = app.jinja_env.lstrip_blocks = True
    public_url = config.server.public_url
    registry, receipts = ScreenRegistry(db, clock), Receipts(director, clock, writer)
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
    )
    wall = Wall(director, registry, receipts, clock, offload=wall_reader, read_ticket=wall_tickets(data).read)
    hub.open_wall(wall)
    metrics = Metrics()
    loop_lag = LoopLag(monotonic, gevent.sleep, metrics.observe_lag)
    metrics.gauges = server_gauges(director, hub, registry, receipts, loop_lag, wall_reader)
    app.register_blueprint(glass_pages(director, registry, files, media_folder(data), clock))
    app.register_blueprint(screen_pages(writer, registry, files, data, clock, public_url))
    app.register_blueprint(health_pages(lambda: director.trouble, lambda: len(director.boards())))
    app.register_blueprint(metrics_pages(metrics, [ip_network(one) for one in config.server.metrics_from]))
    add_security_headers(app)
    desk = DeskProxy(desk_address, tls=public_url.startswith("https://"), proxies=config.server.proxies)
    return ServerApp(app, director, hub, desk, registry, receipts, wall, loop_lag)


class _ErrorLog:
    """Logs what pywsgi writes about broken requests."""

    def write(self, text: str) -> None:
        if text.strip():
            log.warning("http", said=text.strip())

    def writelines(self, lines: Iterable[str]) -> None:
        self.write("".join(lines))

    def flush(self) -> None:
        """Does nothing: nothing is buffered."""
