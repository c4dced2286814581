"""A one-stop office's queue system, as a program of its own would be; used by browser tests and bench.serving."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

from server.core.model import ServingTurn
from server.core.policy import Grant
from server.store.boards import boards
from server.store.people import people, tokens
from tests.station import ACTOR, PATIENCE, Station

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Hall:
    """A hall whose board belongs to a station; ``key`` allows it to report its numbers there, and nothing else."""

    station: Station
    board: str
    key: str

    @classmethod
    def of(cls, station: Station, board: str, turn: ServingTurn, *, every: int = 1, chime: bool = False) -> Hall:
        """Switches the numbers of a board on, and lets an editor of its area make the key."""
        now = station.now(board)
        known = boards.get(station.store, board)
        shown = replace(known, serving=turn, serving_every=every, chime=chime)
        boards.save(station.store, shown, actor=ACTOR, now=now)
        people.add(station.store, username="lan", name="Lan", email="lan@x.vn", actor="os:root", now=now)
        editor = people.grant(station.store, "lan", Grant("editor", "tinh"), by=None, actor="os:root", now=now)
        key = tokens.make(
            station.store,
            "Xếp hàng",
            ("board.serving",),
            ["tinh"],
            by=editor,
            until=now + DAY,
            now=now,
            boards=[board],
        )
        return cls(station, board, key)

    def call(self, **numbers: str) -> int:
        """Reports which number each counter serves, ``q1`` being counter 1; returns the status of the answer."""
        counters = [
            {"name": name.removeprefix("q"), "service": "Hộ tịch, chứng thực", "number": number}
            for name, number in numbers.items()
        ]
        return self._send("PUT", {"counters": counters})

    def close(self) -> int:
        """Takes the numbers off the board; returns the status of the answer."""
        return self._send("DELETE")

    def _send(self, method: str, body: Any = None) -> int:
        connection = http.client.HTTPConnection("127.0.0.1", self.station.port, timeout=PATIENCE)
        try:
            head = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            path = f"/api/v1/boards/{self.board}/serving"
            connection.request(method, path, None if body is None else json.dumps(body), head)
            answer = connection.getresponse()
            answer.read()
            return answer.status
        finally:
            connection.close()
