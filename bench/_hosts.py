"""A hundred local HTTP servers with feeds that behave differently; a process of its own for bench/thousand.py.

python -m bench._hosts     prints the ports as a JSON list, then serves until its standard input ends
"""

from __future__ import annotations

import json
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

from bench.feeds import feed

HOSTS = 100
WHOLE = feed(30, pictures=False)
SLOW_SECONDS = 2
# How many of a hundred sources behave in each way; the others answer 304.
BEHAVIOURS = {"changing": 15, "slow": 4, "missing": 3, "hanging": 2, "moved": 3, "nonsense": 3}
NAMES = [name for name, share in BEHAVIOURS.items() for _ in range(share)]


class Host(ThreadingHTTPServer):
    """One HTTP server on a free local port; ``changes`` counts the responses with changed feeds."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.changes = count(1)
        self.daemon_threads = True


class Handler(BaseHTTPRequestHandler):
    """Answers with the feed of the source whose number is the path; the number modulo 100 selects the behaviour."""

    server: Host

    def do_GET(self) -> None:
        number = int(self.path.strip("/").split("?")[0] or 0) % 100
        name = NAMES[number] if number < len(NAMES) else "steady"
        getattr(self, f"_{name}")()

    def _steady(self) -> None:
        if self.headers.get("If-None-Match"):
            self._answer(304, b"")
        else:
            self._answer(200, self._whole(), ETag='"1"')

    def _changing(self) -> None:
        first = "Tin số 0:".encode()
        self._answer(200, self._whole().replace(first, f"Tin mới {next(self.server.changes)}:".encode()))

    def _whole(self) -> bytes:
        """The bytes of the feed, with a text that differs from source to source."""
        return WHOLE.replace(b"Minh T\xc3\xa2n", b"thu %d%d" % (self.server.server_port, hash(self.path) % 1000))

    def _slow(self) -> None:
        threading.Event().wait(SLOW_SECONDS)
        self._steady()

    def _missing(self) -> None:
        self._answer(404, b"")

    def _hanging(self) -> None:
        threading.Event().wait(20)

    def _moved(self) -> None:
        self._answer(302, b"", Location=f"/99?{self.path}")

    def _nonsense(self) -> None:
        self._answer(200, b"<html><body>" + b"<p>khong phai nguon tin</p>" * 500)

    def _answer(self, status: int, body: bytes, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""


def main() -> None:
    servers = [Host() for _ in range(HOSTS)]
    for server in servers:
        threading.Thread(target=server.serve_forever, daemon=True).start()
    print(json.dumps([server.server_port for server in servers]), flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main()
