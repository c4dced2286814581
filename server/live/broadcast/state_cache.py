"""Caches the encoded `state` message of each board; called by hub.

A board's state is the same for all its screens except for the server's time, so it is encoded once per revision and
the time is inserted for each screen. A text above the size limit of a message is sent in parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime
from zoneinfo import ZoneInfo

from server.core import wire
from server.core.times import to_ms
from server.core.wire_serving import Serving
from server.live.broadcast.fanout import Encoded

_NOW = '"now":0'
# The cache key: revision, the lap's number, its start (ms), the time over which reconnects are spread (ms), and the
# date in the board's time zone, what is known of alerts, and what the hall serves.
_Key = tuple[int, int, int, int, date, wire.AlertData | None, Serving | None]


class StateCache:
    """Encoded states by board. ``epoch`` (of the store) and ``build`` (of the page's files) are in each state."""

    def __init__(self, epoch: str, build: str) -> None:
        self._epoch, self._build = epoch, build
        self._cached: dict[str, tuple[_Key, str, str]] = {}

    def messages(self, glass: wire.Glass, now: datetime, connected: int) -> Iterator[tuple[str, Encoded]]:
        """Yields the (event, payload) pairs that send a board's state: one `state`, or several `part`s if large.

        ``connected`` is the number of clients of this server. The state tells them over how many ms to spread their
        reconnects if the server stops.
        """
        back = wire.reconnect_within(connected)
        key = (
            glass.revision,
            glass.lap.number,
            glass.lap.start,
            back,
            now.astimezone(ZoneInfo(glass.board.zone)).date(),
            glass.alerts,
            glass.serving,
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
        """The JSON text of the `state` message, split at its field ``now``: the part before it and the part after it.

        ``back`` is the time in ms over which the screens spread their reconnects.
        """
        message = wire.state(glass, epoch=self._epoch, build=self._build, now=now, back=back)
        text = json.dumps(message | {"now": 0}, ensure_ascii=False, separators=(",", ":"))
        # Only epoch and revision precede the time, so the first match is the right one.
        head, _, tail = text.partition(_NOW)
        return head, tail
