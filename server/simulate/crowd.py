"""Runs many simulated screens in one thread: sockets, reconnects, timers; used by cli.simulate, tests and benchmarks.

The screens only run during calls of ``run_until``: after ten seconds without a call the server disconnects them.
"""

from __future__ import annotations

import heapq
import resource
import selectors
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from random import Random
from typing import Self
from urllib.parse import urlsplit

from server.simulate.packets import ClosedByServer, frame, handshake, take_frame
from server.simulate.report import Report
from server.simulate.screen import Identity, Screen

SYNC_SECONDS = 20.0
HEALTH_SECONDS = 60.0
AT_ONCE = 200
HANDSHAKE_SECONDS = 10.0
_CHUNK = 1 << 16
_OTHER_FILES = 256


@dataclass(slots=True)
class _Client:
    """A simulated screen and its connection; ``sock`` is None while the screen is not connected.

    ``upgraded`` says that the WebSocket handshake is done. ``received`` are bytes not yet parsed, ``waiting`` bytes
    not yet sent. ``connection`` is the number of the present connection; timers of an earlier connection compare it
    and do nothing.
    """

    screen: Screen
    sock: socket.socket | None = None
    upgraded: bool = False
    connection: int = 0
    received: bytearray = field(default_factory=bytearray)
    waiting: bytearray = field(default_factory=bytearray)


class Crowd:
    """One simulated screen for each identity; at most ``AT_ONCE`` of them connect at the same time.

    ``address`` is the address of the server, http://host:port; ``monotonic`` returns seconds. With ``bodies=False``
    the screens do not request the HTML of slides. ``seed`` makes the random delays repeatable.
    """

    def __init__(
        self,
        address: str,
        identities: Iterable[Identity],
        *,
        monotonic: Callable[[], float],
        bodies: bool = True,
        seed: int = 1,
    ) -> None:
        parts = urlsplit(address)
        self._host, self._at = parts.netloc, (parts.hostname or "127.0.0.1", parts.port or 80)
        self._monotonic, self._random = monotonic, Random(seed)  # noqa: S311 - jitter, no secret
        self.report = Report()
        self._clients = [_Client(Screen(who, self.report, monotonic, bodies=bodies)) for who in identities]
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_number = 0
        self._opening = 0
        self._queue = list(reversed(self._clients))
        allow_files(len(self._clients))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for client in self._clients:
            if client.sock is not None:
                client.sock.close()
        self._selector.close()

    @property
    def screens(self) -> list[Screen]:
        return [client.screen for client in self._clients]

    def in_step(self) -> int:
        """The number of screens that are connected and have their board's state."""
        return sum(client.sock is not None and client.screen.in_step for client in self._clients)

    def run_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Runs all screens until ``done()`` is true or ``seconds`` have passed; returns whether ``done()`` was true.

        ``done`` is called at most every 0.05 s.
        """
        end = self._monotonic() + seconds
        checked = 0.0
        while True:
            now = self._monotonic()
            if now - checked > 0.05:
                checked = now
                if done():
                    return True
                if now > end:
                    return False
            self._open_more()
            self._run_timers(now)
            pause = min(0.05, max(0.0, self._timers[0][0] - now)) if self._timers else 0.05
            for key, mask in self._selector.select(pause):
                self._serve(key.data, mask)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer_number += 1
        heapq.heappush(self._timers, (self._monotonic() + seconds, self._timer_number, act))

    def _run_timers(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    # connecting

    def _open_more(self) -> None:
        while self._queue and self._opening < AT_ONCE:
            self._open(self._queue.pop())

    def _open(self, client: _Client) -> None:
        self._opening += 1
        client.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        client.sock.setblocking(False)
        client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        client.connection += 1
        client.upgraded = False
        client.received.clear()
        client.waiting[:] = handshake(self._host, client.screen.who.board)
        client.screen.connecting()
        client.sock.connect_ex(self._at)
        self._selector.register(client.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, client)
        connection = client.connection
        self._after(HANDSHAKE_SECONDS, lambda: self._give_up(client, connection))

    def _give_up(self, client: _Client, connection: int) -> None:
        """Closes the connection with this number if its handshake has not been answered."""
        if client.connection == connection and not client.upgraded:
            self._lose(client)

    def _lose(self, client: _Client) -> None:
        """Closes a connection that was lost, refused or never answered.

        The screen reconnects after a random delay of at most ``Screen.back`` milliseconds.
        """
        if client.sock is None:
            return
        if not client.upgraded:
            self._opening -= 1
        self._selector.unregister(client.sock)
        client.sock.close()
        client.sock = None
        client.connection += 1
        client.screen.in_step = False
        self.report.counts["lost"] += 1
        within = client.screen.back / 1000
        self._after(within * (1 / 3 + 2 / 3 * self._random.random()), lambda: self._queue.insert(0, client))

    # sending and receiving

    def _serve(self, client: _Client, mask: int) -> None:
        if client.sock is not None and mask & selectors.EVENT_WRITE:
            self._write(client)
        if client.sock is not None and mask & selectors.EVENT_READ:
            self._read(client)

    def _send(self, client: _Client, packets: Iterable[str]) -> None:
        fresh = b"".join(map(frame, packets))
        if not fresh or client.sock is None:
            return
        client.waiting += fresh
        self._write(client)

    def _write(self, client: _Client) -> None:
        assert client.sock is not None  # noqa: S101 - checked by the caller
        try:
            while client.waiting:
                del client.waiting[: client.sock.send(client.waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self._lose(client)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if client.waiting else 0)
        self._selector.modify(client.sock, wanted, client)

    def _read(self, client: _Client) -> None:
        assert client.sock is not None  # noqa: S101 - checked by the caller
        try:
            chunk = client.sock.recv(_CHUNK)
        except BlockingIOError:
            return
        except OSError:
            chunk = b""
        if not chunk:
            self._lose(client)
            return
        client.received += chunk
        if client.upgraded or self._upgrade(client):
            self._parse(client)

    def _upgrade(self, client: _Client) -> bool:
        end = client.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not client.received.startswith(b"HTTP/1.1 101"):
            self._lose(client)
            return False
        del client.received[: end + 4]
        client.upgraded = True
        self._opening -= 1
        self.report.counts["connected"] += 1
        self._repeat(client, client.connection, SYNC_SECONDS, SYNC_SECONDS, client.screen.sync)
        # Unlike real screens, these connect at the same time; a random first delay spreads their health reports.
        self._repeat(
            client, client.connection, HEALTH_SECONDS * self._random.random(), HEALTH_SECONDS, client.screen.health
        )
        return True

    def _parse(self, client: _Client) -> None:
        try:
            while client.sock is not None and (taken := take_frame(client.received)) is not None:
                self._send(client, client.screen.receive(*taken))
        except ClosedByServer:
            self._lose(client)

    def _repeat(
        self, client: _Client, connection: int, first: float, every: float, packets: Callable[[], list[str]]
    ) -> None:
        """Sends what ``packets()`` returns, after about ``first`` seconds and then about once in ``every`` seconds.

        Stops when ``connection`` is no longer the number of the client's connection.
        """

        def send() -> None:
            if client.connection == connection:
                self._send(client, packets())
                self._repeat(client, connection, every, every, packets)

        self._after(first * (0.8 + 0.4 * self._random.random()), send)


def allow_files(count: int) -> None:
    """Raises this process's limit of open files for ``count`` sockets. Raises OSError if the system forbids it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _OTHER_FILES
    if soft < wanted:
        if hard not in (resource.RLIM_INFINITY,) and wanted > hard:
            raise OSError(f"{count} màn hình cần {wanted} tệp mở, hệ thống chỉ cho {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
