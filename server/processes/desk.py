"""Builds and runs the desk's process: its Flask application in a threaded WSGI server; called by `run.py desk`.

It is separate from server.processes.server, so that the server process, which gevent has patched, does not import the
code of the desk's pages.
"""

from __future__ import annotations

import socket
import threading
from pathlib import Path

import waitress

from server.desk.app import LARGEST_BODY, desk_app
from server.desk.auth.rate_limits import Counts, counts_of
from server.setup import desk_trouble
from server.setup.config import Config
from server.setup.store_setup import Clock
from server.store.database.engine import Database

THREADS = 8
LOOK_SECONDS = 3
REDIS_AWAY = "Redis không trả lời: mỗi máy chủ tự đếm số lần thử đăng nhập trong bộ nhớ của mình."


def serve_desk(config: Config, base: Path, data: Path, clock: Clock, listener: socket.socket) -> None:
    """Serves the desk until this process is terminated.

    ``listener`` is a listening socket that the server process has opened and this process has inherited. ``base`` is
    the folder of config.toml, ``data`` the data folder.
    """
    app = desk_app(config, base, data, Database.open(config.store.url, data), clock)
    desk_trouble.write(data, "")
    if config.queue.url:
        threading.Thread(target=_watch_redis, args=(counts_of(app), data), name="redis", daemon=True).start()
    # The proxy headers are trusted, because every request comes from this installation's server process.
    waitress.serve(
        app, sockets=[listener], threads=THREADS, clear_untrusted_proxy_headers=False,
        max_request_body_size=LARGEST_BODY, channel_timeout=120, _quiet=True,
    )  # fmt: skip


def _watch_redis(counts: Counts, data: Path) -> None:
    """Checks every ``LOOK_SECONDS`` whether Redis answers.

    While it does not, a file in the data folder contains a sentence, which the server's health check /readyz shows.
    The desk counts sign-in attempts in Redis, or in its own memory while Redis does not answer.
    """
    never, there = threading.Event(), True
    while True:
        if counts.look() != there:
            there = not there
            desk_trouble.write(data, "" if there else REDIS_AWAY)
        never.wait(LOOK_SECONDS)
