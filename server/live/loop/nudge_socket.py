"""Receives nudges: datagrams by which a shell command reports that it has changed the store (setup.nudge).

Created by processes.server, which then reads the store at once.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

from gevent import socket

from server.live.loop.unix_sockets import bind_in
from server.setup.nudge import SOCKET_NAME


class NudgeSocket:
    """A Unix datagram socket in the data folder. Only the folder's owner may send to it."""

    def __init__(self, data: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._path, self._folder = bind_in(data, SOCKET_NAME, self._socket)

    def listen(self, act: Callable[[], object]) -> None:
        """Calls ``act`` for each datagram, whatever it contains, until the greenlet is killed."""
        while True:
            self._socket.recv(16)
            act()

    def close(self) -> None:
        """Closes the socket and removes its file."""
        self._socket.close()
        self._path.unlink(missing_ok=True)
        os.close(self._folder)
