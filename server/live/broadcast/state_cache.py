"""A board's state as it goes out, made once for everybody who asks for it; called by the hub.

When ten thousand screens come back at once, the state of a board is the same for all of them but for the server's
time. It is encoded once a revision, the time is put in, and what is larger than a message may be goes in parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from server.core import wire
from server.core.times import to_ms
from server.live.broadcast.fanout import Encoded

_NOW = '"now":0'


class StateCache:
    """``messages`` are (event, payload) pairs, payloads encoded already."""

    def __init__(self, epoch: str, build: str) -> None:
        self._epoch, self._build = epoch, build
        self._made: dict[str, tuple[Any, str, str]] = {}

    def messages(self, glass: wire.Glass, now: datetime, connected: int) -> Iterator[tuple[str, Encoded]]:
        """One `state`, or its `part`s; ``connected``: how many screens would come back if this server went away."""
        back = wire.reconnect_within(connected)
        key = (
            glass.revision,
            glass.lap.number,
            glass.lap.start,
            back,
            now.astimezone(ZoneInfo(glass.board.zone)).date(),
        )
        made = self._made.get(glass.board.slug)
        if made is None or made[0] != key:
            made = self._made[glass.board.slug] = (key, *self._encoded(glass, now, back))
        text = f'{made[1]}"now":{to_ms(now)}{made[2]}'
        if len(text.encode()) <= wire.LARGEST_MESSAGE:
            yield "state", Encoded(text)
            return
        for part in wire.state_parts(text):
            yield "part", Encoded(json.dumps(part, ensure_ascii=False, separators=(",", ":")))

    def _encoded(self, glass: wire.Glass, now: datetime, back: int) -> tuple[str, str]:
        message = wire.state(glass, epoch=self._epoch, build=self._build, now=now, back=back)
        text = json.dumps(message | {"now": 0}, ensure_ascii=False, separators=(",", ":"))
        # Epoch and revision alone stand before it, so it is the first.
        head, _, tail = text.partition(_NOW)
        return head, tail
