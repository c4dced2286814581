"""The events that clients may send, who may send each, and how often; hub registers exactly these events.

An event that is not in ``EVENTS`` is ignored and counted. The limits are far above what a screen normally sends
(docs/decisions/0018). A screen that reconnects after two days offline needs at most half an hour to report the 17,280
slides that it showed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from server.live.broadcast.client_packets import DESK, SCREENS
from server.live.loop.token_buckets import Limit

# viewer: a browser without a key that shows a public board. screen: a paired device. guard: the program that runs
# beside a screen's browser. page: a page of the desk that shows the live wall (an overview of all screens).
Sender = Literal["viewer", "screen", "guard", "page"]

# Limits of each connection: its bytes, where each packet counts OVERHEAD bytes more than its text, and its CONNECT
# packets in both namespaces together.
BYTES = Limit(512 * 1024, 32 * 1024)
OVERHEAD = 64
CONNECTS = Limit(4, 0.1)


@dataclass(frozen=True, slots=True)
class EventRule:
    """One event of a namespace: who may send it, and the token bucket that limits how often.

    A message costs ``cheapest`` tokens. With ``by_items``, it costs one token for each element of the list that is
    its first argument, but at least ``cheapest``. ``refused`` is the JSON list with which a refused message is
    acknowledged; if it is empty, a refused message is not acknowledged.
    """

    namespace: str
    name: str
    senders: frozenset[Sender]
    limit: Limit
    by_items: bool = False
    cheapest: int = 1
    refused: str = ""

    def cost(self, words: tuple[object, ...]) -> int:
        """The number of tokens that a message with the arguments ``words`` costs."""
        items = len(words[0]) if self.by_items and words and isinstance(words[0], list) else 0
        return max(self.cheapest, items)


_WATCHING: frozenset[Sender] = frozenset(("viewer", "screen"))
EVENTS: tuple[EventRule, ...] = (
    EventRule(SCREENS, "want", _WATCHING, Limit(2_000, 20), by_items=True, cheapest=10),
    EventRule(SCREENS, "sync", _WATCHING, Limit(20, 1)),
    # The answer [false] makes the screen send its receipts again. A screen with a new slide every 6 s sends 10 a
    # minute.
    EventRule(SCREENS, "receipts", _WATCHING, Limit(1_000, 10), by_items=True, cheapest=10, refused="[false]"),
    EventRule(SCREENS, "health", _WATCHING, Limit(5, 0.1)),
    EventRule(DESK, "want", frozenset(("page",)), Limit(3_000, 100), by_items=True, cheapest=10),
)
