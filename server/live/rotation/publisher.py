"""The protocol of where the director's messages go: the hub, or a list in tests."""

from __future__ import annotations

from typing import Protocol

from server.core import wire


class Publisher(Protocol):
    """Sends a board's messages to its screens; the messages are those of the wire."""

    def state(self, board: str) -> None:
        """Announces a new state, which the publisher reads from the director."""

    def notice(self, board: str, message: wire.Message) -> None: ...
    def clear(self, board: str, message: wire.Message) -> None: ...
    def slide(self, board: str, message: wire.Message) -> None: ...


class NullPublisher:
    """Sends nothing; used until the hub is there."""

    def state(self, board: str) -> None: ...
    def notice(self, board: str, message: wire.Message) -> None: ...
    def clear(self, board: str, message: wire.Message) -> None: ...
    def slide(self, board: str, message: wire.Message) -> None: ...
