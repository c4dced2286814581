"""Many viewers in one thread, with a minimal Socket.IO client on raw WebSockets; used by browser tests and bench.

No client library is used, so that exactly the received messages are counted. The sockets are served only inside
``pump``: the server disconnects a swarm that is not pumped for ten seconds, like a screen that answers no ping.
"""

from __future__ import annotations

import json
import resource
import selectors
import socket
import struct
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from time import monotonic
from typing import Any, Self

_KEY = "dGhlIHNhbXBsZSBub25jZQ=="
_CHUNK = 1 << 16
_AT_ONCE = 100
_GOODBYE = 8


@dataclass(slots=True)
class Heard:
    """A received event: its name, its payload as JSON text, and the monotonic time of its arrival in seconds."""

    name: str
    text: str
    at: float

    @property
    def payload(self) -> Any:
        return json.loads(self.text)


@dataclass(slots=True)
class Client:
    """One connection of the swarm; ``heard`` has all events that it received, in order."""

    board: str
    sock: socket.socket
    auth: dict[str, Any]
    buffer: bytearray = field(default_factory=bytearray)
    upgraded: bool = False
    connected: bool = False
    closed: bool = False
    heard: list[Heard] = field(default_factory=list)

    def events(self, name: str) -> list[Heard]:
        return [one for one in self.heard if one.name == name]

    @property
    def notices(self) -> list[dict[str, Any]]:
        """The notices in the last `state` message; empty before the first one."""
        states = self.events("state")
        found: list[dict[str, Any]] = states[-1].payload["notices"] if states else []
        return found


class Swarm:
    """``count`` viewers of one board on the server at ``port``; a context manager that closes them on exit.

    With ``keys``, pairs of a screen's number and key, the viewers are these screens. With ``proves`` they send the
    receipts `received` and `shown` for every notice, as a screen does once it has painted the notice.
    """

    def __init__(
        self, port: int, board: str, count: int, keys: Sequence[tuple[int, str]] = (), *, proves: bool = False
    ) -> None:
        _allow_files(count)
        self._port, self._board, self._count = port, board, count
        self._keys, self._proves = keys, proves
        self._selector = selectors.DefaultSelector()
        self.clients: list[Client] = []
        self._totals: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self.clients:
            client.sock.close()
        self._selector.close()

    def connect(self, seconds: float = 90) -> Self:
        """Connects all viewers and waits until each has a `state`; raises AssertionError after ``seconds``."""
        deadline = monotonic() + seconds
        while len(self.clients) < self._count:
            for _ in range(min(_AT_ONCE, self._count - len(self.clients))):
                self._open()
            self.pump(self._all_in_state, deadline - monotonic(), "all connected")
        return self

    def pump(self, done: Callable[[], bool], seconds: float, what: str = "") -> None:
        """Reads and answers messages until ``done()``; raises AssertionError with ``what`` after ``seconds``."""
        deadline = monotonic() + seconds
        while not done():
            assert monotonic() < deadline, f"the swarm waited in vain: {what}"
            self.read(0.05)

    def read(self, seconds: float) -> None:
        """Reads what has arrived; if nothing has, waits for at most ``seconds``."""
        for key, _ in self._selector.select(seconds):
            self._read(key.data)

    def all_heard(self, name: str, times: int = 1) -> bool:
        # Checks the total first: looking at a thousand clients after each read would take longer than what is
        # measured.
        if self._totals[name] < times * len(self.clients):
            return False
        return all(len(client.events(name)) >= times for client in self.clients)

    def _all_in_state(self) -> bool:
        return self.all_heard("state")

    def _open(self) -> None:
        sock = socket.create_connection(("127.0.0.1", self._port), timeout=30)
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        host = f"localhost:{self._port}"
        asking = (
            f"GET /socket.io/?EIO=4&transport=websocket&board={self._board} HTTP/1.1\r\nHost: {host}\r\n"
            f"Origin: http://{host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\n"
            f"Sec-WebSocket-Key: {_KEY}\r\n\r\n"
        )
        sock.sendall(asking.encode())
        sock.setblocking(False)
        at = len(self.clients)
        auth: dict[str, Any] = {"board": self._board}
        if self._keys:
            auth = {"screen": self._keys[at][0], "key": self._keys[at][1]}
        client = Client(self._board, sock, auth)
        self.clients.append(client)
        self._selector.register(sock, selectors.EVENT_READ, client)

    def _read(self, client: Client) -> None:
        try:
            piece = client.sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            client.closed = True
            self._selector.unregister(client.sock)
            return
        at = monotonic()
        client.buffer += piece
        if not client.upgraded and not _upgraded(client):
            return
        while not client.closed and (text := _frame(client)) is not None:
            self._take(client, text, at)

    def _take(self, client: Client, text: str, at: float) -> None:
        """Handles one packet of a client.

        Engine.IO 4: 0 opens, 2 is a ping, 4 a message. Socket.IO 5 within a message: 40 is connected, 42 an event.
        """
        if text.startswith("42["):
            name = text[4 : text.index('"', 4)]
            heard = Heard(name, text[len(name) + 6 : -1], at)
            client.heard.append(heard)
            self._totals[name] += 1
            if self._proves and name == "notice":
                _prove(client, heard)
        elif text.startswith("0{"):
            _send(client.sock, "40" + json.dumps(client.auth))
        elif text == "2":
            _send(client.sock, "3")
        elif text.startswith("40"):
            client.connected = True


def _upgraded(client: Client) -> bool:
    end = client.buffer.find(b"\r\n\r\n")
    if end < 0:
        return False
    assert client.buffer.startswith(b"HTTP/1.1 101"), bytes(client.buffer[:200])
    del client.buffer[: end + 4]
    client.upgraded = True
    return True


def _frame(client: Client) -> str | None:
    """Removes the first complete frame from the client's buffer and returns its text; None if there is none.

    A close frame closes the client. Servers never mask frames, and this one does not fragment them.
    """
    buffer = client.buffer
    if len(buffer) < 2:
        return None
    size, head = buffer[1] & 0x7F, 2
    if size >= 126:
        head = 4 if size == 126 else 10
        if len(buffer) < head:
            return None
        size = struct.unpack(">H" if head == 4 else ">Q", buffer[2:head])[0]
    if len(buffer) < head + size:
        return None
    if buffer[0] & 0x0F == _GOODBYE:
        client.closed = True
        return None
    text = buffer[head : head + size].decode()
    del buffer[: head + size]
    return text


def _prove(client: Client, heard: Heard) -> None:
    """Sends the receipts `received` and `shown` of a notice, with the current server time."""
    state = client.events("state")[-1]
    at = state.payload["now"] + round((heard.at - state.at) * 1000)
    number = heard.payload["notice"]["id"]
    said = [{"id": number, "kind": kind, "at": at} for kind in ("received", "shown")]
    _send(client.sock, "420" + json.dumps(["receipts", said]))


def _send(sock: socket.socket, text: str) -> None:
    """Sends ``text`` as one masked frame; it must be short enough to fit into the socket's send buffer."""
    body = text.encode()
    size = bytes((0x80 | len(body),)) if len(body) < 126 else b"\xfe" + struct.pack(">H", len(body))
    sock.send(b"\x81" + size + b"\0\0\0\0" + body)


def _allow_files(count: int) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + 512
    if soft < wanted:
        assert hard == resource.RLIM_INFINITY or wanted <= hard, f"only {hard} open files are allowed"
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
