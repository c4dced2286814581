"""Tells editors which of their items boards leave out because of a fault, by messages on the desk's pages.

A scheduled job of the server. The director knows the items that cannot be rendered; this module finds the items whose
rows cannot be read. Nothing is written unless the set of these items has changed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from socket import gethostname

import structlog

from server.live.loop.offload import Offload
from server.live.rotation.director import Director
from server.store.database.engine import Database
from server.store.database.errors import StoreError
from server.store.people import left_out

log = structlog.get_logger("health")

LOOK_SECONDS = 5.0


def name_of(data: Path, *, alone: bool) -> str:
    """Returns an identifier of the server with the data folder ``data``, stored with its messages to editors.

    It stays the same after a restart, and differs between the servers of one store. It is "" if the server is
    ``alone`` on its store: then the server can withdraw its messages even after its host name has changed.
    """
    return "" if alone else hashlib.sha256(f"{gethostname()} {data.resolve()}".encode()).hexdigest()[:12]


class LeftOutReport:
    """Sends and withdraws messages about items that are left out; ``look`` is the scheduled job.

    ``read`` and ``write`` run functions with a database outside the event loop. ``server`` is the result of
    `name_of`.
    """

    def __init__(
        self, director: Director, clock: Callable[[], datetime], *, read: Offload, write: Offload, server: str
    ) -> None:
        self._director, self._clock, self._read, self._write = director, clock, read, write
        self._server = server
        # The items that editors were last told of. None before the first look, which therefore always writes: that
        # withdraws messages of this server from before a restart.
        self._told: frozenset[str] | None = None

    def look(self) -> None:
        """Finds the items that are left out now, and notifies their editors if the set has changed."""
        if not self._director.board_count:
            return  # nothing has been composed yet
        now = self._clock()
        try:
            damaged = self._read(lambda db: left_out.unreadable(db, now))
            found = frozenset({*self._director.left_out, *damaged})
            if found == self._told:
                return
            self._write(lambda db: self._tell(db, found, frozenset(damaged), now))
            self._told = found
        except StoreError as error:
            log.debug(
                "left out items not told", error=str(error)
            )  # the director reports it; the next look tries again

    def _tell(self, db: Database, found: frozenset[str], damaged: frozenset[str], now: datetime) -> int:
        return left_out.tell(db, found, damaged, now, server=self._server)
