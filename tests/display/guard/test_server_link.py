"""The guard's own connection to the server is made again after each kind of refusal."""

from __future__ import annotations

import base64
import hashlib
import socket
from collections.abc import Iterator
from contextlib import closing
from email import message_from_string

import pytest

from display.guard.server_link import ServerLink

ACCEPT = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"  # RFC 6455, 1.3
# Seconds; much less than the time of silence after which the link reconnects in any case.
WITHIN = 5.0


class Server:
    """A WebSocket server for one client at a time, with only the features that the link needs."""

    def __init__(self) -> None:
        self._listens = socket.create_server(("127.0.0.1", 0))
        self._listens.settimeout(WITHIN)
        self.address = f"http://127.0.0.1:{self._listens.getsockname()[1]}/screen"

    def accept(self) -> socket.socket:
        client, _ = self._listens.accept()
        client.settimeout(WITHIN)
        asked = ""
        while "\r\n\r\n" not in asked:
            asked += client.recv(4096).decode()
        headers = message_from_string(asked.split("\r\n", 1)[1])
        given = f"{headers['Sec-WebSocket-Key']}{ACCEPT}".encode()
        accepted = base64.b64encode(hashlib.sha1(given, usedforsecurity=False).digest()).decode()
        client.sendall(
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            f"Sec-WebSocket-Accept: {accepted}\r\n\r\n".encode()
        )
        return client

    def close(self) -> None:
        self._listens.close()


def say(client: socket.socket, packet: str) -> None:
    """Sends ``packet`` as one text frame; it has to be shorter than 126 bytes."""
    client.sendall(bytes([0x81, len(packet.encode())]) + packet.encode())


def gone(client: socket.socket) -> bool:
    """Waits until the client has closed the connection and returns True; raises TimeoutError if it does not."""
    while client.recv(4096):
        """The bytes that the client sends before it closes are ignored."""
    return True


@pytest.fixture
def server() -> Iterator[Server]:
    made = Server()
    yield made
    made.close()


@pytest.mark.parametrize(
    "refusal", ['44{"message":"Không"}', "41", "1"], ids=["connect error", "disconnect", "engine closes"]
)
def test_a_refusal_ends_the_connection_and_the_next_one_is_heard(server: Server, refusal: str) -> None:
    link = ServerLink(server.address, "7", "key", again=0.01)
    link.start()
    with closing(server.accept()) as first:
        say(first, "0{}")
        say(first, refusal)
        assert gone(first)
    with closing(server.accept()) as second:
        say(second, "0{}")
        say(second, '42["state",{"now":1}]')
        assert link.heard.get(timeout=WITHIN) == ("state", {"now": 1})
        link.stop()
    link.join(WITHIN)
