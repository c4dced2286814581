"""Sends bytes to N plain sockets in a bare loop: the fastest possible fan-out; a process started by bench/urgent.py.

python -m bench._bare COUNT SIZE

Listens on a free port and prints it, accepts COUNT connections, then sends SIZE bytes to each connection for every
line on standard input.
"""

from __future__ import annotations

import socket
import sys


def main(count: int, size: int) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=4096)
    print(listener.getsockname()[1], flush=True)
    peers = []
    for _ in range(count):
        peer, _address = listener.accept()
        peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peers.append(peer)
    body = b"x" * size
    for _line in sys.stdin:
        for peer in peers:
            peer.send(body)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
