"""The table of open connections without a valid key or session: enforces deadlines and limits of their number.

Created by processes.server and admission; used by the modules of this package. A connection whose client proves a
valid key or session is removed from the table or not counted. Connections from networks in ``uncapped`` have
deadlines, but no limits.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from server.live.loop.refusals import Refusals
from server.live.sockets.accounts import Accounts
from server.live.sockets.client_address import Network, account_of

# File descriptors that the process itself needs: store, desk, logs, request bodies on disk.
OWN_FILES = 128


class Stage(IntEnum):
    """What a connection does now.

    If there are too many connections, those with the lowest stage are closed first; viewers' are never closed.
    """

    IDLE = 0  # an HTTP connection kept alive after a response
    HEAD = 1  # waits for the head of a request
    CONNECT = 2  # a WebSocket whose client has not sent Socket.IO's CONNECT yet
    BODY = 3  # receives the body of a request
    BUSY = 4  # handles a request
    VIEWER = 5  # a WebSocket that shows a public board; has limits of its own and is never closed to make room


@dataclass(frozen=True, slots=True)
class Limits:
    """How many connections without a key or session may be open, and for how long they may be silent.

    ``in_all`` and ``per_address`` limit the connections that do not show a board; ``viewers`` and
    ``viewers_per_address`` those that do. A request's head, and Socket.IO's CONNECT, must arrive within
    ``request_seconds``. A connection is closed after ``idle_seconds`` without a further request.
    """

    per_address: int = 256
    in_all: int = 4_096
    viewers_per_address: int = 1_000
    viewers: int = 20_000
    request_seconds: float = 10.0
    idle_seconds: float = 15.0

    def within(self, files: int) -> Limits:
        """Returns these limits, lowered so that enough of ``files`` descriptors remain for screens and process."""
        free = max(0, files - OWN_FILES)
        return Limits(
            self.per_address,
            max(8, min(self.in_all, free // 4)),
            self.viewers_per_address,
            max(8, min(self.viewers, free // 3)),
            self.request_seconds,
            self.idle_seconds,
        )


_VIEWER = Stage.VIEWER


class OpenConnection:
    """The table's entry of one connection. ``close`` is the function that ends the connection.

    ``account`` is the account for which the connection is counted, "" if it is not counted. ``since`` is when its
    present stage (see `Stage`) began, in monotonic seconds.
    """

    __slots__ = ("account", "close", "since", "stage", "table")

    def __init__(self, table: ConnectionTable, close: Callable[[], object]) -> None:
        self.table, self.close = table, close
        self.account = ""
        self.stage: Stage | None = None
        self.since = 0.0

    def enter(self, stage: Stage, address: str = "") -> None:
        """Moves the connection to ``stage``, counted for the account of ``address``; not counted if that is empty."""
        self.table.enter(self, stage, address)

    def leave(self) -> None:
        """Removes the connection from the table: it has ended, or its client has a valid key. May be called twice."""
        self.table.leave(self)

    def watch(self) -> bool:
        """Counts the connection as a viewer of a public board; False if there are too many."""
        return self.table.watch(self)


class ConnectionTable:
    """Holds the open connections by what they do now (`Stage`), oldest first. Call ``sweep`` once a second.

    ``monotonic`` returns seconds. ``uncapped`` are networks whose connections are not limited in number.
    """

    def __init__(self, limits: Limits, monotonic: Callable[[], float], uncapped: Iterable[Network] = ()) -> None:
        self.limits, self._monotonic = limits, monotonic
        networks = tuple(uncapped)
        self._account = lru_cache(maxsize=4_096)(lambda address: account_of(address, networks))
        # Indexed by stage. A list is used because hashing an enum member would take most of the time.
        self._stages: list[OrderedDict[OpenConnection, None]] = [OrderedDict() for _ in Stage]
        self._accounts: Accounts[OpenConnection] = Accounts()
        self._viewers: dict[str, int] = {}
        # Counts the connections that were closed or refused, by reason.
        self.refusals = Refusals(monotonic, event="connections refused")

    def open(self, close: Callable[[], object]) -> OpenConnection:
        """Creates the entry of a new connection, in no stage yet. The table calls ``close`` to end the connection."""
        return OpenConnection(self, close)

    def counts(self) -> dict[str, int]:
        """The number of connections by lower-case name of their stage; for the metrics."""
        return {stage.name.lower(): len(self._stages[stage]) for stage in Stage}

    def enter(self, connection: OpenConnection, stage: Stage, address: str) -> None:
        """Moves a connection to ``stage`` (see ``OpenConnection.enter``), and closes others if there are too many."""
        account = self._account(address) if address else ""
        if account != connection.account or connection.stage is _VIEWER:
            # Viewers are counted separately, so a connection that stops being a viewer is counted again.
            self.leave(connection)
            connection.account = account
            if account:
                self._accounts.add(account, connection)
        elif connection.stage is not None:
            del self._stages[connection.stage][connection]
        connection.stage, connection.since = stage, self._monotonic()
        self._stages[stage][connection] = None
        if account:
            self._make_room(account, connection)

    def leave(self, connection: OpenConnection) -> None:
        """Removes a connection, so that it has no deadline and counts for no limit. May be called twice."""
        stage, account = connection.stage, connection.account
        if stage is None:
            return
        del self._stages[stage][connection]
        connection.stage, connection.account = None, ""
        if not account:
            return
        if stage is _VIEWER:
            self._viewers[account] -= 1
            if not self._viewers[account]:
                del self._viewers[account]
            return
        self._accounts.remove(account, connection)

    def watch(self, connection: OpenConnection) -> bool:
        """Makes a connection a viewer of a public board; False if there are too many, of its account or in all."""
        account = connection.account
        if account and (
            self._viewers.get(account, 0) >= self.limits.viewers_per_address
            or len(self._stages[_VIEWER]) >= self.limits.viewers
        ):
            self.refusals.count("viewers", account)
            return False
        self.leave(connection)
        connection.stage, connection.account = _VIEWER, account
        self._stages[_VIEWER][connection] = None
        if account:
            self._viewers[account] = self._viewers.get(account, 0) + 1
        return True

    def _make_room(self, account: str, newest: OpenConnection) -> None:
        """Closes a connection of the account if it has too many, and one of any account if there are too many in all.

        ``newest`` was just added to the account; it is closed only if no other connection can be closed.
        """
        accounts, limits = self._accounts, self.limits
        if accounts.size(account) > limits.per_address:
            self._evict(self._least(account, newest), "too many of this address")
        if accounts.total > limits.in_all:
            largest = accounts.largest
            # Close a connection of the account with the most connections. If every account has only one, close the
            # one with the lowest stage.
            alone = accounts.size(largest) == 1
            self._evict(self._least_of_all(newest) if alone else self._least(largest, newest), "too many in all")

    def _least(self, account: str, newest: OpenConnection) -> OpenConnection:
        """Returns the account's connection with the lowest stage; of several, the oldest.

        ``newest`` is returned only if the account has no other.
        """
        return self._accounts.least(account, lambda one: len(Stage) if one is newest else one.stage or 0)

    def _least_of_all(self, newest: OpenConnection) -> OpenConnection:
        """Returns the counted connection with the lowest stage; of several, the oldest.

        Returns ``newest`` if there is no other.
        """
        closable = (self._stages[stage] for stage in Stage if stage is not _VIEWER)
        return next((one for held in closable for one in held if one.account and one is not newest), newest)

    def _evict(self, connection: OpenConnection, reason: str) -> None:
        account = connection.account
        self.leave(connection)
        self.refusals.count(reason, account)
        connection.close()

    def sweep(self) -> None:
        """Closes the connections that have been silent for longer than the limits allow; called once a second."""
        now = self._monotonic()
        for stage, seconds in (
            (Stage.HEAD, self.limits.request_seconds),
            (Stage.CONNECT, self.limits.request_seconds),
            (Stage.IDLE, self.limits.idle_seconds),
        ):
            held = self._stages[stage]
            while held and (oldest := next(iter(held))).since + seconds <= now:
                self.leave(oldest)
                self.refusals.counts[f"silent {stage.name}"] += 1  # not logged: browsers leave idle connections
                oldest.close()
