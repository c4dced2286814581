"""Clients of echo_server for the tests of the protocols: polling requests and WebSockets."""

from __future__ import annotations

import http.client
import json
from collections.abc import Iterator
from contextlib import contextmanager

import websocket

from tests.live.echo import Echo

PATIENCE = 30
DIRECT = "direct"
POLLING, WEBSOCKET = "transport=polling", "transport=websocket"


def ask(echo: Echo, query: str, *, method: str = "GET", body: str | None = None) -> tuple[int, str]:
    """Sends one request of the polling transport; returns status and body."""
    connection = http.client.HTTPConnection("127.0.0.1", echo.port, timeout=PATIENCE)
    try:
        connection.request(method, f"/socket.io/?{query}", body.encode() if body is not None else None)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()
    finally:
        connection.close()


def session(echo: Echo) -> str:
    """Opens a polling session; returns the query string of its further requests."""
    _, text = ask(echo, f"EIO=4&{POLLING}")
    return f"EIO=4&{POLLING}&sid={json.loads(text[1:])['sid']}"


@contextmanager
def socket(echo: Echo, query: str = f"EIO=4&{WEBSOCKET}") -> Iterator[websocket.WebSocket]:
    """Opens a WebSocket from which nothing has been read yet."""
    made = websocket.create_connection(f"ws://127.0.0.1:{echo.port}/socket.io/?{query}", timeout=PATIENCE)
    try:
        yield made
    finally:
        made.shutdown()  # type: ignore[no-untyped-call] # the package is typed, except for this


def received_text(made: websocket.WebSocket) -> str:
    """Receives the next message, which must be text."""
    text = made.recv()
    assert isinstance(text, str)
    return text


@contextmanager
def connected(echo: Echo, space: str = "") -> Iterator[websocket.WebSocket]:
    """Opens a WebSocket and connects it to the default namespace, or to ``space`` (given as "/custom,").

    The server's answers to CONNECT have been read.
    """
    with socket(echo) as made:
        received_text(made)
        made.send(f"40{space}")
        assert received_text(made).startswith(f"40{space}")
        assert received_text(made) == f'42{space}["auth",{{}}]'
        yield made


def closed(made: websocket.WebSocket) -> bool:
    """Reads until the server closes the connection and returns True; False if it sends anything but pings before."""
    try:
        while True:
            if received_text(made) not in ("2", "1", ""):
                return False
            if not made.connected:
                return True
    except (websocket.WebSocketConnectionClosedException, ConnectionError):
        return True
