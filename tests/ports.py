"""Free ports for servers that must know their port before they start; used by Station and other helpers."""

from __future__ import annotations

import secrets
import socket

# Below the range from which Linux takes ports for ``bind(0)`` and for clients, so that the system gives a free port,
# or the port of a server that is about to restart, to nobody else.
LOWEST, HIGHEST = 15_000, 32_000


def free_port() -> int:
    """A port on loopback that nobody listens on.

    It is drawn at random, so that parallel test workers seldom get the same one; not by the module ``random``, which
    pytest-randomly seeds equally in all workers.
    """
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
