"""A WebSub subscriber: a real HTTP server on loopback that agrees to subscriptions and receives feeds."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from time import monotonic
from urllib.parse import parse_qs, urlsplit

from tests.http_server import serving

Answer = tuple[int, Mapping[str, str], str]
Agree = Callable[[str], Answer]


def agree(challenge: str) -> Answer:
    """The answer of a subscriber who wants what it is asked about."""
    return 200, {}, challenge


@dataclass(frozen=True, slots=True)
class Received:
    """A feed that was delivered: the path with its query, the headers by lower-case name, the body, and when."""

    path: str
    headers: Mapping[str, str]
    body: bytes
    at: float


@dataclass
class Subscriber:
    """What the server does and what it has got. ``status`` and ``headers`` are its answers to deliveries.

    While ``free`` is not set, deliveries to paths that contain "cham" are not answered.
    """

    port: int = 0
    agrees: Agree = agree
    status: int = 204
    headers: Mapping[str, str] = field(default_factory=dict)
    free: threading.Event = field(default_factory=threading.Event)
    asked: list[Mapping[str, str]] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    begun: list[str] = field(default_factory=list)

    def callback(self, path: str = "/nhan", host: str = "doc.example") -> str:
        return f"http://{host}:{self.port}{path}"


@contextmanager
def subscriber() -> Iterator[Subscriber]:
    """Runs a subscriber while the block runs."""
    state = Subscriber()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            state.asked.append(query)
            status, headers, text = state.agrees(query.get("hub.challenge", ""))
            self._answer(status, headers, text.encode())

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            state.begun.append(self.path)
            if "cham" in self.path:
                state.free.wait(30)
            given = {name.lower(): value for name, value in self.headers.items()}
            state.received.append(Received(self.path, given, body, monotonic()))
            self._answer(state.status, state.headers, b"")

        def _answer(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler) as state.port:
        try:
            yield state
        finally:
            state.free.set()
