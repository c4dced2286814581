"""The desk's process put together: its application on the store, served in plain threads; called by `run.py desk`.

Beside server.processes.server, so that the server, whose loop gevent has patched, never loads any of it.
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
    """Serves on a socket that the server listens on for it, until the process is ended."""
    app = desk_app(config, base, data, Database.open(config.store.url, data), clock)
    # The peer is our own server, which says whom it speaks for.
    waitress.serve(
        app, sockets=[listener], threads=THREADS, clear_untrusted_proxy_headers=False,
        max_request_body_size=LARGEST_BODY, channel_timeout=120, _quiet=True,
    )  # fmt: skip
