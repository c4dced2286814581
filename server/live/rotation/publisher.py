"""The protocol by which the director sends messages; implemented by the hub, and by lists in tests."""

from __future__ import annotations

from typing import Protocol

from server.core import wire


class Publisher(Protocol):
    """Sends messages to all screens of a board. ``board`` is its slug; ``server.core.wire`` makes the messages."""

    def state(self, board: str) -> None:
        """Sends the board's new state, which the publisher gets by calling ``Director.glass``."""

    def notice(self, board: str, message: wire.Message) -> None: ...
    def clear(self, board: str, message: wire.Message) -> None: ...
    def slide(self, board: str, message: wire.Message) -> None: ...


class NullPublisher:
    """Sends nothing; used until the hub is set."""

    def state(self, board: str) -> None: ...
    def notice(self, board: str, message: wire.Message) -> None: ...
    def clear(self, board: str, message: wire.Message) -> None: ...
    def slide(self, board: str, message: wire.Message) -> None: ...
