"""Serves the pages of a test on loopback, with the real styles, fonts and pictures; used by browser tests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler

from server.desk.gallery.fixture_pictures import TYPE, picture
from server.desk.gallery.page import MEDIA
from server.slides.styles import stylesheet
from tests.http_server import serving
from tests.paths import ROOT

BASE = "/assets/b"

FONTS = ROOT / "node_modules/@fontsource/be-vietnam-pro/files"
DISPLAY = ROOT / "display"
CSS = DISPLAY / "css"


@contextmanager
def site(pages: Mapping[str, str]) -> Iterator[str]:
    """Serves ``pages`` (path -> HTML) while the block runs; yields the site's address without a trailing slash."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            kind, body = self._found()
            self.send_response(200 if kind else 404)
            self.send_header("Content-Type", kind or "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "max-age=600" if "/assets/" in self.path else "no-store")
            self.send_header("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; style-src 'self'")
            self.end_headers()
            self.wfile.write(body)

        def _found(self) -> tuple[str, bytes]:
            if self.path in pages:
                return "text/html; charset=utf-8", pages[self.path].encode()
            if self.path.startswith(MEDIA):
                return TYPE, picture(self.path.rsplit("/", 1)[1])
            folder, name = self.path.removeprefix(BASE).rsplit("/", 1)
            if name == "main.js":
                return "text/javascript", b""
            if name == "slides.css":
                return "text/css", stylesheet().encode()
            if name.endswith(".js") and (DISPLAY / name).is_file():
                return "text/javascript", (DISPLAY / name).read_bytes()
            file = (FONTS if folder == "/fonts" else CSS) / name
            if not file.is_file():
                return "", b""
            return ("font/woff2" if folder == "/fonts" else "text/css"), file.read_bytes()

    with serving(Handler) as port:
        yield f"http://127.0.0.1:{port}"
