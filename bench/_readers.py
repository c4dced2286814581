"""Readers of a page over kept-open connections, in a process of their own; started by bench.public.

python -m bench._readers PORT CONNECTIONS PATH COOKIE

Each line "SECONDS RATE" on standard input starts a run of RATE requests a second, or of as many as are answered if
RATE is 0. The answer is a line of JSON: {count, seconds, late}, with the milliseconds of some requests, sorted. At a
rate they run from the moment at which a request was due, so that a server that stalls cannot hide it.
"""

from __future__ import annotations

import json
import selectors
import socket
import sys
from collections import deque
from dataclasses import dataclass, field
from time import monotonic

MOST_TOLD = 5_000


@dataclass(slots=True, eq=False)
class Reader:
    """One connection; ``due`` is when its running request should have been sent.

    ``last``: the server closes the connection after this answer, as nginx does after some number of them.
    """

    link: socket.socket
    due: float = 0.0
    body: bytearray = field(default_factory=bytearray)
    left: int = -1
    last: bool = False

    def read(self) -> bool:
        """Takes in what has come; returns whether the answer is complete. Raises ConnectionError unless it is 200."""
        piece = self.link.recv(262_144)
        if not piece:
            raise ConnectionError("the server closed a connection")
        self.body += piece
        if self.left < 0 and (end := self.body.find(b"\r\n\r\n")) >= 0:
            head = bytes(self.body[:end]).lower()
            if not head.startswith(b"http/1.1 200"):
                raise ConnectionError(head.decode("latin-1"))
            self.last = b"\r\nconnection: close" in head
            self.left = end + 4 + int(head.split(b"content-length:")[1].split(b"\r\n")[0])
        if self.left < 0 or len(self.body) < self.left:
            return False
        self.body.clear()
        self.left = -1
        return True


def run(port: int, count: int, request: bytes, seconds: float, rate: float) -> dict[str, object]:
    late: list[float] = []
    with selectors.DefaultSelector() as selector:
        readers = [Reader(_connected(port)) for _ in range(count)]
        for reader in readers:
            selector.register(reader.link, selectors.EVENT_READ, reader)
        begun, sent, free = monotonic(), 0, deque(readers)
        while (now := monotonic()) < begun + seconds or len(free) < count:
            while free and now < begun + seconds and (not rate or begun + sent / rate <= now):
                reader = free.popleft()
                reader.due = begun + sent / rate if rate else now
                reader.link.sendall(request)
                sent += 1
            for key, _ in selector.select(0.001 if rate else 0.1):
                if key.data.read():
                    late.append((monotonic() - key.data.due) * 1000)
                    if key.data.last:
                        selector.unregister(key.data.link)
                        key.data.link.close()
                        key.data.link = _connected(port)
                        selector.register(key.data.link, selectors.EVENT_READ, key.data)
                    free.append(key.data)
        took = monotonic() - begun
        for reader in readers:
            reader.link.close()
    late.sort()
    return {"count": len(late), "seconds": took, "late": late[:: len(late) // MOST_TOLD + 1] + late[-1:]}


def _connected(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port))


def main(port: int, count: int, path: str, cookie: str) -> None:
    lines = [f"GET {path} HTTP/1.1", f"Host: localhost:{port}", "Accept-Encoding: gzip"]
    request = "\r\n".join([*lines, *([f"Cookie: {cookie}"] if cookie else []), "", ""]).encode()
    for line in sys.stdin:
        seconds, rate = map(float, line.split())
        sys.stdout.write(json.dumps(run(port, count, request, seconds, rate)) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4])
