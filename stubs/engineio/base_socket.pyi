from typing import Protocol

from engineio.packet import Packet
from engineio.server import Server

# What the servers of all async modes have in common of queue.Queue.
class _PacketQueue(Protocol):
    def qsize(self) -> int: ...
    def empty(self) -> bool: ...
    def put(self, item: Packet | None, /) -> None: ...
    def get_nowait(self) -> Packet | None: ...
    def task_done(self) -> None: ...
    def join(self) -> object: ...

class BaseSocket:
    server: Server
    sid: str
    queue: _PacketQueue
    last_ping: float | None
    connected: bool
    upgrading: bool
    upgraded: bool
    closing: bool
    closed: bool
    session: dict[str, object]
    def __init__(self, server: Server, sid: str) -> None: ...
