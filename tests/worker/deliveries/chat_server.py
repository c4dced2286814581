"""A chat server: a real HTTP server on loopback that plays Telegram's Bot API and Zalo's Official Account API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs

from tests.http_server import serving

NAME = "chat.example"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request: its path, the headers by lower-case name, and the body as JSON or as the fields of a form."""

    path: str
    headers: dict[str, str]
    body: Any

    @property
    def text(self) -> str:
        """The text of a message, sent either way."""
        return str(self.body["text"] if "text" in self.body else self.body["message"]["text"])


@dataclass
class ChatServer:
    """What the server answers and what it was asked.

    ``answers`` are (status, body) of the next requests; after them it accepts everything. ``tokens`` are those that
    Zalo's side accepts, ``renewals`` the refresh tokens that it accepts once. ``before`` runs before each answer.
    """

    port: int = 0
    answers: list[tuple[int, dict[str, Any]]] = field(default_factory=list)
    away: bool = False
    tokens: set[str] = field(default_factory=set)
    renewals: set[str] = field(default_factory=set)
    asked: list[Asked] = field(default_factory=list)
    before: Callable[[], None] = lambda: None
    made: int = 0

    @property
    def url(self) -> str:
        return f"http://{NAME}:{self.port}"

    @property
    def texts(self) -> list[str]:
        """The texts of all messages, also of those that were not accepted."""
        return [one.text for one in self.asked if "access_token" not in one.path]

    def answer(self, asked: Asked) -> tuple[int, dict[str, Any]]:
        if self.away:
            return 502, {}
        if self.answers:
            return self.answers.pop(0)
        if asked.path.endswith("/sendMessage"):
            return 200, {"ok": True, "result": {"message_id": 1}}
        if asked.path.endswith("/access_token"):
            return 200, self._renewed(asked)
        known = asked.headers.get("access_token", "") in self.tokens
        return 200, {"error": 0, "message": "Success"} if known else {"error": -216, "message": "invalid token"}

    def _renewed(self, asked: Asked) -> dict[str, Any]:
        (given,) = asked.body["refresh_token"]
        if given not in self.renewals:
            return {"error": -14014, "error_name": "Invalid refresh token"}
        self.renewals.remove(given)
        self.made += 1
        token, renewal = f"the-{self.made}", f"doi-{self.made}"
        self.tokens = {token}
        self.renewals.add(renewal)
        return {"access_token": token, "refresh_token": renewal, "expires_in": "90000"}


@contextmanager
def chat_server() -> Iterator[ChatServer]:
    """Runs a chat server while the block runs."""
    state = ChatServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"])).decode()
            given = {name.lower(): value for name, value in self.headers.items()}
            is_form = "form" in given.get("content-type", "")
            asked = Asked(self.path, given, parse_qs(raw) if is_form else json.loads(raw or "{}"))
            state.asked.append(asked)
            state.before()
            status, answer = state.answer(asked)
            body = json.dumps(answer).encode()
            self.send_response_only(status)  # without a Date, because the clocks of tests are moved
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    with serving(Handler) as state.port:
        yield state
