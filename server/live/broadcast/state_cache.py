"""The `state` message of each board, encoded once for all screens; called by hub.

When ten thousand screens reconnect at once, a board's state is the same for all of them except for the server's time.
It is encoded once per revision, the time is inserted, and a text above the limit of a message is sent in parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.core import wire
from server.core.times import to_ms
from server.live.broadcast.fanout import Encoded

_NOW = '"now":0'
# What the text depends on: revision, the lap's number and start, the time over which reconnects are spread, the day.
_Key = tuple[int, int, int, int, date]


class StateCache:
    """Encoded states by board; ``epoch`` and ``build`` are part of each."""

    def __init__(self, epoch: str, build: str) -> None:
        self._epoch, self._build = epoch, build
        self._cached: dict[str, tuple[_Key, str, str]] = {}

    def messages(self, glass: wire.Glass, now: datetime, connected: int) -> Iterator[tuple[str, Encoded]]:
        """(event, payload) pairs: one `state`, or its `part`s.

        ``connected`` is the number of screens on this server: all would reconnect at once if it stopped.
        """
        back = wire.reconnect_within(connected)
        key = (
            glass.revision,
            glass.lap.number,
            glass.lap.start,
            back,
            now.astimezone(ZoneInfo(glass.board.zone)).date(),
        )
        cached = self._cached.get(glass.board.slug)
        if cached is None or cached[0] != key:
            cached = self._cached[glass.board.slug] = (key, *self._encoded(glass, now, back))
        text = f'{cached[1]}"now":{to_ms(now)}{cached[2]}'
        if len(text.encode()) <= wire.LARGEST_MESSAGE:
            yield "state", Encoded(text)
            return
        for part in wire.state_parts(text):
            yield "part", Encoded(json.dumps(part, ensure_ascii=False, separators=(",", ":")))

    def _encoded(self, glass: wire.Glass, now: datetime, back: int) -> tuple[str, str]:
        """The JSON text of the `state` message before and after its field ``now``."""
        message = wire.state(glass, epoch=self._epoch, build=self._build, now=now, back=back)
        text = json.dumps(message | {"now": 0}, ensure_ascii=False, separators=(",", ":"))
        # Only epoch and revision precede the time, so the first match is the right one.
        head, _, tail = text.partition(_NOW)
        return head, tail
