"""The real hub (server/live/broadcast/hub.py, which talks to the screens) on real sockets, with fake boards.

The hub tests start it as a process. Its limits are command-line arguments. It prints its port, then reads commands as
JSON lines from stdin and answers each with one line.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import gc  # noqa: E402 - gevent patches before anything else is imported
import json  # noqa: E402
import logging  # noqa: E402
import socket  # noqa: E402
import sys  # noqa: E402
import tempfile  # noqa: E402
from dataclasses import replace  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from time import monotonic  # noqa: E402
from typing import Any, Literal  # noqa: E402

import gevent  # noqa: E402
import gevent.event  # noqa: E402
import structlog  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402

from server.core import wire  # noqa: E402
from server.core.lap.composition import compose  # noqa: E402
from server.core.lap.items import Page  # noqa: E402
from server.core.model import Board, Slide  # noqa: E402
from server.live.broadcast.hub import Hub  # noqa: E402
from server.live.screens.receipts import Receipts  # noqa: E402
from server.live.screens.registry import ScreenRegistry, Visitor  # noqa: E402
from server.live.sockets.event_socket import EventSocket  # noqa: E402
from server.live.sockets.wsgi_server import Server, listen  # noqa: E402
from server.store.database.engine import Database  # noqa: E402
from tests.cast import HOI_TRUONG, board  # noqa: E402
from tests.core.lap.laps import NOON, item  # noqa: E402
from tests.live.broadcast.hub_process import LARGE  # noqa: E402

NOW = datetime(2026, 3, 9, 0, 30, tzinfo=UTC)
BODY = "0" * 15
PAGES = replace(item("a"), pages=tuple(Page(f"{BODY}{digit:x}", 8_000) for digit in range(16)))


class HeldRegistry(ScreenRegistry):
    """A registry whose ``admit`` waits until ``held`` is set, as if the store were slow."""

    held: gevent.event.Event
    waiting: int

    def admit(self, auth: object) -> Visitor:
        self.waiting += 1
        self.held.wait()
        self.waiting -= 1
        return super().admit(auth)


class FakeBoards:
    """Fake boards: several public ones and a private one.

    They have sixteen slide bodies of 4 KiB; the body of the board "to" has 100 KiB.
    """

    boards: tuple[Board, ...] = (
        HOI_TRUONG,
        *(board(slug) for slug in ("thu-hai", "dai", "bo-di", "an-di", "chuyen-di", "to")),
        board("rieng", public=False),
    )

    def glass(self, slug: str) -> wire.Glass | None:
        found: Board | None = next((one for one in self.boards if one.slug == slug), None)
        if slug == "to":
            lap = compose(HOI_TRUONG, [replace(item("a"), pages=(Page("f" * 16, 8_000),))], None, NOON, filler="calm")
            return wire.Glass(found, "Tỉnh", 7, lap, "safe") if found else None
        items = [item(f"một tiêu đề dài {n}") for n in range(200)] if slug == "dai" else [PAGES]
        lap = compose(HOI_TRUONG, items, None, NOON, filler="calm")
        return wire.Glass(found, "Tỉnh", 7, lap, "safe") if found else None

    def report_revision(self, board: str, revision: int, *, trusted: bool) -> None:
        """Does nothing, because these boards never change."""

    def bodies(self, hashes: list[str]) -> list[Slide]:
        known = {f"{BODY}{digit:x}": "b" * 4_000 for digit in range(16)} | {"f" * 16: LARGE}
        return [Slide(one, known[one], 8_000, one, "", "story") for one in hashes if one in known]


class RecordingServer(Server):
    """A WSGI server that records the sockets that it accepts."""

    accepted: list[socket.socket]

    def do_handle(self, *args: Any) -> None:
        self.accepted.append(args[0])
        super().do_handle(*args)


def _carried_out(hub: Hub, server: RecordingServer, registry: HeldRegistry, order: dict[str, Any]) -> dict[str, Any]:
    if order["do"] == "hold":
        registry.held.clear()
        return {}
    if order["do"] == "release":
        registry.held.set()
        return {}
    if order["do"] == "send":
        for number in range(order["count"]):
            text = chr(97 + number % 26) * order["size"]
            head = {"id": "1", "level": order["level"], "hash": "f" * 16}
            hub.notice(order["board"], {"number": number, "notice": head, "html": text, "media": []})
            gevent.sleep(0)
        return {}
    if order["do"] == "state":
        hub.state(order["board"])
        return {}
    if order["do"] in ("hide", "remove"):
        hidden = [] if order["do"] == "remove" else [board(order["board"], public=False)]
        FakeBoards.boards = (*(one for one in FakeBoards.boards if one.slug != order["board"]), *hidden)
        hub.state(order["board"])
        return {}
    if order["do"] == "move":
        for sid in [sid for sid, there in hub.connections.board_of.items() if there == order["board"]]:
            hub.move(sid, order["to"])
        return {}
    info = server.socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, 104)
    peers = hub.io.server.eio.sockets.values()
    own = [peer.sock for peer in peers if isinstance(peer, EventSocket)]
    alive = [one for one in (*server.accepted, *own) if one.fileno() >= 0]
    return {
        "async_mode": hub.io.async_mode,
        "backlog": int.from_bytes(info[28:32], sys.byteorder),
        "nodelay": [one.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY) for one in alive],
        "open": len(alive),
        "peers": len(peers),
        "queued": max((peer.queue.qsize() for peer in peers), default=0),
        "watching": {one.slug: hub.viewers(one.slug) for one in FakeBoards.boards},
        "refused": dict(hub.refusals.counts),
        "waiting": registry.waiting,
        "visitors": sum(registry.connection_counts().values()),
        "greenlets": sum(1 for one in gc.get_objects() if isinstance(one, gevent.Greenlet) and not one.dead),
        "kibibytes": int(Path("/proc/self/statm").read_text().split()[1]) * 4,
    }


def main(fanout: Literal["direct", "stock"], patience: float, viewers: int) -> None:
    logging.basicConfig(level=logging.WARNING, stream=sys.stderr)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    app = Flask("hub_server")
    db = Database.open("sqlite:///hub.db", Path(tempfile.mkdtemp()))
    db.migrate()
    registry = HeldRegistry(db, lambda: NOW)
    registry.waiting, registry.held = 0, gevent.event.Event()
    registry.held.set()
    hub = Hub(
        app,
        FakeBoards(),
        epoch="e",
        build="b",
        clock=lambda: NOW,
        registry=registry,
        receipts=Receipts(FakeBoards(), lambda: NOW, lambda work: work(db), lambda work: work(db)),
        most_viewers=viewers,
        fanout=fanout,
        monotonic=monotonic,
    )
    listener = listen("127.0.0.1", 0)
    server = RecordingServer(listener, app.wsgi_app, error_log=sys.stderr, send_timeout=patience, upgrade=hub.upgrade)
    server.accepted = []
    server.start()

    def cut() -> None:
        while True:
            hub.disconnect_slow_readers()
            gevent.sleep(0.05)

    gevent.spawn(cut)
    print(listener.getsockname()[1], flush=True)
    for line in FileObjectThread(sys.stdin.fileno(), "rb"):
        print(json.dumps(_carried_out(hub, server, registry, json.loads(line))), flush=True)


if __name__ == "__main__":
    main("stock" if sys.argv[1] == "stock" else "direct", float(sys.argv[2]), int(sys.argv[3]))
