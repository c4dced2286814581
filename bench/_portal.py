"""A web server whose feed of 2,000 entries is different at every request; a process of its own for bench/pressure.py.

python -m bench._portal [ENTRIES]     prints its port, then serves until its standard input ends
"""

from __future__ import annotations

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

from bench.feeds import ENTRIES, feed

READINGS = count(1)


class Portal(BaseHTTPRequestHandler):
    """Serves a feed in which every entry has a new title at each request, so that every story gets a new version."""

    whole = b""

    def do_GET(self) -> None:
        body = self.whole.replace("Tin số".encode(), f"Tin lần {next(READINGS)}, số".encode())
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Logs nothing."""


def main(entries: int) -> None:
    Portal.whole = feed(entries, pictures=False)
    server = ThreadingHTTPServer(("127.0.0.1", 0), Portal)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_port, flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else ENTRIES)
