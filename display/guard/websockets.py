"""Ends WebSocket connections; called by chromium.py and server_link.py."""

from __future__ import annotations

import websocket


def hang_up(connection: websocket.WebSocket) -> None:
    """Closes the connection at once, without the closing handshake, which may block."""
    connection.shutdown()  # type: ignore[no-untyped-call] # websocket-client annotates its other methods
