"""Free ports for servers that are told their port before they start; called by Station and its like."""

from __future__ import annotations

import secrets
import socket

# Below the range from which Linux takes ports for ``bind(0)`` and for clients: a port that was free a moment ago, or
# that waits for its server to be started again, is given to nobody else meanwhile.
LOWEST, HIGHEST = 15_000, 32_000


def free_port() -> int:
    """A port of loopback that nobody listens on; drawn at random, so that workers beside each other seldom meet.

    Not by ``random``, which pytest-randomly seeds alike in all workers.
    """
    while True:
        port = LOWEST + secrets.randbelow(HIGHEST - LOWEST)
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return port
