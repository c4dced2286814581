"""A server with this product's Socket.IO hub and one board; a process of its own for bench/fanout.py.

python -m bench._ours FANOUT SIZE PING

FANOUT is "direct" or "stock", as in config.toml; SIZE is the length of the notice's text; PING is the interval of
pings in ms. Prints its port. For each line on standard input sends the notice to the board and prints "sent NS", the
monotonic time in nanoseconds just before.
"""

from __future__ import annotations

from gevent import monkey

monkey.patch_all()

import sys  # noqa: E402 - gevent patches before anything else is imported
import tempfile  # noqa: E402
from datetime import UTC, datetime  # noqa: E402
from pathlib import Path  # noqa: E402
from time import monotonic, monotonic_ns  # noqa: E402

import structlog  # noqa: E402
from flask import Flask  # noqa: E402
from gevent.fileobject import FileObjectThread  # noqa: E402

from server.core import wire  # noqa: E402
from server.core.lap.composition import compose  # noqa: E402
from server.core.model import Slide  # noqa: E402
from server.live.broadcast.hub import Hub  # noqa: E402
from server.live.loop.process_limits import freeze_garbage_collector, raise_file_limit  # noqa: E402
from server.live.screens.receipts import Receipts  # noqa: E402
from server.live.screens.registry import ScreenRegistry  # noqa: E402
from server.live.sockets.wsgi_server import Server, listen  # noqa: E402
from server.store.database.engine import Database  # noqa: E402
from tests.cast import HOI_TRUONG  # noqa: E402
from tests.core.lap.laps import NOON, item  # noqa: E402


class FakeBoards:
    """Gives the hub one board with one short slide, in place of the real boards of server.live.rotation."""

    def __init__(self) -> None:
        self._glass = wire.Glass(HOI_TRUONG, "Tỉnh", 7, compose(HOI_TRUONG, [item("a")], None, NOON, filler="c"), "s")

    def glass(self, _board: str) -> wire.Glass:
        return self._glass

    def report_revision(self, board: str, revision: int, *, trusted: bool) -> None:
        """Does nothing, because the board never changes."""

    def bodies(self, _hashes: list[str]) -> list[Slide]:
        return []


def main(fanout: str, size: int, ping: int) -> None:
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    raise_file_limit()
    app, boards = Flask("ours"), FakeBoards()
    db = Database.open("sqlite:///hub.db", Path(tempfile.mkdtemp()))
    db.migrate()

    def clock() -> datetime:
        return datetime.now(UTC)

    hub = Hub(
        app, boards, epoch="e", build="b", clock=clock, registry=ScreenRegistry(db, clock),
        receipts=Receipts(boards, clock, lambda work: work(db), lambda work: work(db)), most_viewers=100_000,
        fanout="stock" if fanout == "stock" else "direct", ping_seconds=ping // 1000, monotonic=monotonic,
    )  # fmt: skip
    listener = listen("127.0.0.1", 0)
    Server(listener, app.wsgi_app, error_log=sys.stderr, upgrade=hub.upgrade).start()
    freeze_garbage_collector()
    print(listener.getsockname()[1], flush=True)
    message = {"notice": {"id": "1", "level": "urgent"}, "text": "x" * size}
    for _line in FileObjectThread(sys.stdin.fileno(), "rb"):
        begun = monotonic_ns()
        hub.notice(HOI_TRUONG.slug, message)
        print("sent", begun, flush=True)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
