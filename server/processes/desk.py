"""Puts the desk's process together: its application on the store, in plain threads; called by `run.py desk`.

A module of its own beside server.processes.server, so that the server process, which gevent has patched, loads no
code of the desk's pages.
"""

from __future__ import annotations

import socket
from pathlib import Path

import waitress

from server.desk.app import LARGEST_BODY, desk_app
from server.setup.config import Config
from server.setup.store_setup import Clock
from server.store.database.engine import Database

THREADS = 8


def serve_desk(config: Config, base: Path, data: Path, clock: Clock, listener: socket.socket) -> None:
    """Serves on the socket that the server process listens on for it, until the process is terminated."""
    app = desk_app(config, base, data, Database.open(config.store.url, data), clock)
    # The proxy headers are trusted, because every request comes from our own server process.
    waitress.serve(
        app, sockets=[listener], threads=THREADS, clear_untrusted_proxy_headers=False,
        max_request_body_size=LARGEST_BODY, channel_timeout=120, _quiet=True,
    )  # fmt: skip
