"""Many simulated screens on one thread: sockets, reconnecting and the clock of each; called by the command and tests.

Nothing happens but inside ``run_until``: a crowd that is not run for ten seconds is cut, as screens would be.
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

from server.simulate.packets import ServerSaidGoodbye, asking, frame, take_frame
from server.simulate.report import Report
from server.simulate.screen import Identity, Screen

SYNC_SECONDS = 20.0
HEALTH_SECONDS = 60.0
AT_ONCE = 200
HANDSHAKE_SECONDS = 10.0
_PIECE = 1 << 16
_FEW_FILES = 256


@dataclass(slots=True)
class _Line:
    """A screen and its connection, if it has one; ``turn`` makes timers of an older connection harmless."""

    screen: Screen
    sock: socket.socket | None = None
    upgraded: bool = False
    turn: int = 0
    buffer: bytearray = field(default_factory=bytearray)
    waiting: bytearray = field(default_factory=bytearray)


class Crowd:
    """``address`` is the server's, http://host:port; the first ``AT_ONCE`` connect at once, the others after them."""

    def __init__(
        self,
        address: str,
        people: Iterable[Identity],
        *,
        monotonic: Callable[[], float],
        bodies: bool = True,
        seed: int = 1,
    ) -> None:
        parts = urlsplit(address)
        self._host, self._at = parts.netloc, (parts.hostname or "127.0.0.1", parts.port or 80)
        self._monotonic, self._random = monotonic, Random(seed)  # noqa: S311 - jitter, no secret
        self.report = Report()
        self._lines = [_Line(Screen(who, self.report, monotonic, bodies=bodies)) for who in people]
        self._selector = selectors.DefaultSelector()
        self._timers: list[tuple[float, int, Callable[[], None]]] = []
        self._timer_number = 0
        self._opening = 0
        self._queue = list(reversed(self._lines))
        allow_files(len(self._lines))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        for line in self._lines:
            if line.sock is not None:
                line.sock.close()
        self._selector.close()

    @property
    def screens(self) -> list[Screen]:
        return [line.screen for line in self._lines]

    def in_step(self) -> int:
        """How many are connected and have their state."""
        return sum(line.sock is not None and line.screen.in_step for line in self._lines)

    def run_until(self, done: Callable[[], bool], seconds: float) -> bool:
        """Speaks and listens until ``done``, asked a few times a second; False where ``seconds`` were not enough."""
        end = self._monotonic() + seconds
        asked = 0.0
        while True:
            now = self._monotonic()
            if now - asked > 0.05:
                asked = now
                if done():
                    return True
                if now > end:
                    return False
            self._open_more()
            self._turn_timers(now)
            pause = min(0.05, max(0.0, self._timers[0][0] - now)) if self._timers else 0.05
            for key, mask in self._selector.select(pause):
                self._serve(key.data, mask)

    def _after(self, seconds: float, act: Callable[[], None]) -> None:
        self._timer_number += 1
        heapq.heappush(self._timers, (self._monotonic() + seconds, self._timer_number, act))

    def _turn_timers(self, now: float) -> None:
        while self._timers and self._timers[0][0] <= now:
            heapq.heappop(self._timers)[2]()

    # connecting

    def _open_more(self) -> None:
        while self._queue and self._opening < AT_ONCE:
            self._open(self._queue.pop())

    def _open(self, line: _Line) -> None:
        self._opening += 1
        line.sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        line.sock.setblocking(False)
        line.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.turn += 1
        line.upgraded = False
        line.buffer.clear()
        line.waiting[:] = asking(self._host, line.screen.who.board)
        line.screen.connecting()
        line.sock.connect_ex(self._at)
        self._selector.register(line.sock, selectors.EVENT_READ | selectors.EVENT_WRITE, line)
        turn = line.turn
        self._after(HANDSHAKE_SECONDS, lambda: self._give_up(line, turn))

    def _give_up(self, line: _Line, turn: int) -> None:
        if line.turn == turn and not line.upgraded:
            self._lose(line)

    def _lose(self, line: _Line) -> None:
        """Hung up on, refused or never answered: back within the time that the server has named."""
        if line.sock is None:
            return
        if not line.upgraded:
            self._opening -= 1
        self._selector.unregister(line.sock)
        line.sock.close()
        line.sock = None
        line.turn += 1
        line.screen.in_step = False
        self.report.counts["lost"] += 1
        within = line.screen.back / 1000
        self._after(within * (1 / 3 + 2 / 3 * self._random.random()), lambda: self._queue.insert(0, line))

    # speaking

    def _serve(self, line: _Line, mask: int) -> None:
        if line.sock is not None and mask & selectors.EVENT_WRITE:
            self._write(line)
        if line.sock is not None and mask & selectors.EVENT_READ:
            self._read(line)

    def _send(self, line: _Line, packets: Iterable[str]) -> None:
        fresh = b"".join(map(frame, packets))
        if not fresh or line.sock is None:
            return
        line.waiting += fresh
        self._write(line)

    def _write(self, line: _Line) -> None:
        assert line.sock is not None  # noqa: S101 - the caller has looked
        try:
            while line.waiting:
                del line.waiting[: line.sock.send(line.waiting)]
        except BlockingIOError:
            pass
        except OSError:
            self._lose(line)
            return
        wanted = selectors.EVENT_READ | (selectors.EVENT_WRITE if line.waiting else 0)
        self._selector.modify(line.sock, wanted, line)

    def _read(self, line: _Line) -> None:
        assert line.sock is not None  # noqa: S101 - the caller has looked
        try:
            piece = line.sock.recv(_PIECE)
        except BlockingIOError:
            return
        except OSError:
            piece = b""
        if not piece:
            self._lose(line)
            return
        line.buffer += piece
        if line.upgraded or self._upgrade(line):
            self._hear(line)

    def _upgrade(self, line: _Line) -> bool:
        end = line.buffer.find(b"\r\n\r\n")
        if end < 0:
            return False
        if not line.buffer.startswith(b"HTTP/1.1 101"):
            self._lose(line)
            return False
        del line.buffer[: end + 4]
        line.upgraded = True
        self._opening -= 1
        self.report.counts["connected"] += 1
        self._repeat(line, line.turn, SYNC_SECONDS, SYNC_SECONDS, line.screen.sync)
        # Screens are switched on at any time; those of a crowd are not.
        self._repeat(line, line.turn, HEALTH_SECONDS * self._random.random(), HEALTH_SECONDS, line.screen.health)
        return True

    def _hear(self, line: _Line) -> None:
        try:
            while line.sock is not None and (taken := take_frame(line.buffer)) is not None:
                self._send(line, line.screen.hear(*taken))
        except ServerSaidGoodbye:
            self._lose(line)

    def _repeat(self, line: _Line, turn: int, first: float, every: float, speak: Callable[[], list[str]]) -> None:
        """Says it after about ``first`` seconds, then every ``every``, as long as this connection lasts."""

        def say() -> None:
            if line.turn == turn:
                self._send(line, speak())
                self._repeat(line, turn, every, every, speak)

        self._after(first * (0.8 + 0.4 * self._random.random()), say)


def allow_files(count: int) -> None:
    """Every screen is an open file. Raises OSError where the system allows fewer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = count + _FEW_FILES
    if soft < wanted:
        if hard not in (resource.RLIM_INFINITY,) and wanted > hard:
            raise OSError(f"{count} màn hình cần {wanted} tệp mở, hệ thống chỉ cho {hard}")
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
