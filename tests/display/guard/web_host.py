"""A web server with one page for the guard's browser, and the browser's flags; used by the tests of the guard."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.display.guard.debugging_port import PORT_FLAG

FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    PORT_FLAG,
)


class Host:
    """Serves one page, on a free port or the given one, and counts how often it was loaded.

    The first ``broken`` responses are 502, as from a proxy whose server is down.
    """

    def __init__(self, port: int = 0, broken: int = 0) -> None:
        self.loads = 0
        self.broken = broken
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.path == "/board/thu"
                host.loads += asked
                well = not asked or host.loads > host.broken
                body = b"<!doctype html><title>t</title><p>"
                body += b"Xin chao<script>window.bangtin = {}</script>" if well else b"502 Bad Gateway"
                self.send_response(200 if well else 502)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Writes no access log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/board/thu"

    def loaded(self, times: int) -> bool:
        return self.loads >= times

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()
