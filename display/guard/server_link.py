"""Connects the guard to the server, authenticated by `{screen, key, role: guard}`; called by guard.py.

Over this connection the guard receives commands, and the board's state, which contains the hours of the panel. The
module implements Socket.IO over WebSocket itself, because a device has only the standard library and
websocket-client.
"""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import websocket

from display.guard.messages import EventPayload, Payload

AGAIN = 5.0
"""Seconds from the end of a connection to the next one."""
SILENCE = 15.0
"""Seconds without a packet after which a connection counts as dead."""
# Engine.IO CLOSE, Socket.IO DISCONNECT and CONNECT_ERROR: the server has refused or ended the connection.
ENDINGS = ("1", "41", "44")


class ServerLink(threading.Thread):
    """A thread that connects to the server, again after each failure, and puts each event into ``heard``."""

    def __init__(self, server: str, screen: str, key: str, *, again: float = AGAIN) -> None:
        """Prepares the connection to the server of the URL ``server``.

        ``again`` is the number of seconds from a connection's end to the next try.
        """
        super().__init__(name="server-link", daemon=True)
        self._again = again
        self.heard: SimpleQueue[EventPayload] = SimpleQueue()
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
            # The server is unreachable, or of another version: the guard works on without it.
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
            # Not ``close``, whose closing handshake may block.
            socket.shutdown()  # type: ignore[no-untyped-call] # websocket-client does not annotate this method

    def _take(self, socket: websocket.WebSocket, packet: str) -> None:
        if packet.startswith("0"):
            socket.send(f"40{self._auth}")
        elif packet == "2":
            socket.send("3")
        elif packet.startswith("42"):
            words: list[Any] = json.loads(packet[packet.index("[") :])
            event, payload = (*words, None)[:2]
            if event == "part":
                self._take_part(payload)
            else:
                self.heard.put((event, payload))
        elif packet.startswith(ENDINGS):
            # The Engine.IO connection stays open and its pings continue, but no further event would arrive.
            raise ConnectionAbortedError(packet)

    def _take_part(self, part: Payload) -> None:
        """Collects the parts of a state that is too large for one message; queues the state when it is complete.

        If a part is missing, the state is dropped; part 0 begins a new one.
        """
        if part["at"] == 0:
            self._parts = []
        if part["at"] == len(self._parts):
            self._parts.append(part["text"])
        if len(self._parts) == part["of"]:
            self.heard.put(("state", json.loads("".join(self._parts))))
            self._parts = []
