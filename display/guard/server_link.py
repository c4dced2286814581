"""The guard's own connection to the server, as `{screen, key, role: guard}`: state for the panel, and commands.

Socket.IO over WebSocket by hand, because the device has no more than the standard library and websocket-client.
It has a thread of its own, gives what it hears to a queue, and comes back by itself.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import websocket

AGAIN = 5.0
SILENCE = 15.0
# Engine.IO CLOSE, and Socket.IO DISCONNECT and CONNECT_ERROR: the server has refused or let go.
ENDINGS = ("1", "41", "44")


class ServerLink(threading.Thread):
    """Started once a key is known; ``heard`` gets (event, payload)."""

    def __init__(self, server: str, screen: str, key: str, *, again: float = AGAIN) -> None:
        """``again``: seconds from the end of a connection to the next."""
        super().__init__(name="ear", daemon=True)
        self._again = again
        self.heard: SimpleQueue[tuple[str, Any]] = SimpleQueue()
        address = urlsplit(server)
        scheme = "wss" if address.scheme == "https" else "ws"
        self._address = f"{scheme}://{address.netloc}/socket.io/?EIO=4&transport=websocket"
        self._auth = json.dumps({"screen": screen, "key": key, "role": "guard"})
        self._end = threading.Event()
        self._parts: list[str] = []

    def stop(self) -> None:
        self._end.set()

    def run(self) -> None:
        while not self._end.is_set():
            # Where the server is away the page goes on by itself, and so does the guard.
            with suppress(OSError, ValueError, LookupError, TypeError, websocket.WebSocketException):
                self._listen()
            self._end.wait(self._again)

    def _listen(self) -> None:
        socket = websocket.create_connection(self._address, timeout=SILENCE)
        try:
            while not self._end.is_set():
                packet = socket.recv()
                if not packet:
                    return
                self._take(socket, str(packet))
        finally:
            socket.shutdown()  # type: ignore[no-untyped-call] # of a typed package, but for this

    def _take(self, socket: websocket.WebSocket, packet: str) -> None:
        if packet.startswith("0"):
            socket.send(f"40{self._auth}")
        elif packet == "2":
            socket.send("3")
        elif packet.startswith("42"):
            event, *words = json.loads(packet[packet.index("[") :])
            said = words[0] if words else None
            if event == "part":
                self._take_part(said)
            else:
                self.heard.put((event, said))
        elif packet.startswith(ENDINGS):
            # Engine.IO stays open and is pinged for ever: nobody would speak on it again.
            raise ConnectionAbortedError(packet)

    def _take_part(self, part: Any) -> None:
        """A state too large for one message; a piece that was missed leaves the whole to the next one."""
        if part["at"] == 0:
            self._parts = []
        if part["at"] == len(self._parts):
            self._parts.append(part["text"])
        if len(self._parts) == part["of"]:
            self.heard.put(("state", json.loads("".join(self._parts))))
            self._parts = []
