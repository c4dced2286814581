"""Builds and parses the Socket.IO messages between server and screen; called by server/live, read by display/.

Messages are plain dictionaries. tests/golden/wire.schema.json and tests/golden/wire.json define their shapes; pytest
and node both read them. All instants are whole milliseconds since 1970 UTC. Both sides ignore unknown fields.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from server.core import calendar
from server.core.lap.airing import Airing, Lap
from server.core.model import Board, Notice, Slide, ThemeDays
from server.core.times import to_ms

Message = dict[str, Any]

CALENDAR_DAYS = 5
LARGEST_MESSAGE = 16 * 1024
SHORTEST_RETURN = 1_200
RETURNS_A_SECOND = 2_000
SCREEN_EVENTS = ("want", "sync", "receipts", "health")
# The desk's wall uses the namespace /desk; screens use only the default one.
_DESK = r"(/desk,)?"
_PACKET = re.compile(
    rf"(?P<kind>0|1|2(?={_DESK}\d{{0,9}}\[)|3(?={_DESK}\d{{1,9}}\[)){_DESK}\d*(?P<json>[\[{{\"n].*)?\Z", re.DOTALL
)
_RECEIPT = re.compile(r"(t?\d{1,9}|[0-9a-f]{16})\Z")
_KINDS = ("received", "shown", "ended")
_FAR = 1 << 45
_PART_FRAME = 100  # bytes reserved for the JSON around a piece of text
_FNV_OFFSET, _FNV_PRIME, _FNV_MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Glass:
    """All that the screens of one board must show, numbered by ``revision``.

    ``notices`` pairs each live notice with its slide, most pressing first. ``safe`` is the hash of safe mode's slide.
    ``themes`` are the configured themes by date; the board's own come before them, and the first that applies wins.
    """

    board: Board
    area_name: str
    revision: int
    lap: Lap
    safe: str
    notices: tuple[tuple[Notice, Slide], ...] = ()
    themes: tuple[ThemeDays, ...] = ()

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes of all slide bodies that the state names, in the order a screen needs them."""
        named = [slide.hash for _, slide in self.notices] + [slot.hash for slot in self.lap.slots]
        named += [one for one in (self.lap.filler, self.safe) if one]
        return tuple(dict.fromkeys(named))


def reconnect_within(connected: int) -> int:
    """The time in ms within which ``connected`` screens should reconnect after a server stopped.

    It is the time a server needs to accept them at `RETURNS_A_SECOND`, rounded up to half seconds.
    """
    return max(SHORTEST_RETURN, -(-connected * 1_000 // RETURNS_A_SECOND // 500) * 500)


def state(glass: Glass, *, epoch: str, build: str, now: datetime, back: int = SHORTEST_RETURN) -> Message:
    """`state`: everything a screen needs, whatever messages it missed. ``back``: see `reconnect_within`."""
    board = glass.board
    return {
        "epoch": epoch,
        "revision": glass.revision,
        "now": to_ms(now),
        "build": build,
        "back": back,
        "board": {
            "slug": board.slug,
            "name": board.name,
            "area": glass.area_name,
            "zone": board.zone,
            "language": board.language,
            "format": {
                "layout": board.format.layout,
                "size": board.format.size,
                "side": board.format.side,
                "ticker": board.format.ticker,
            },
            "theme": board.theme,
            "themes": [
                {"theme": one.theme, "first": f"{one.first}", "last": f"{one.last}"}
                for one in (*board.days, *glass.themes)
                if not one.boards or board.slug in one.boards
            ],
            "hours": [[f"{h.start:%H:%M}", f"{h.end:%H:%M}"] for h in board.hours],
            "mode": board.mode,
        },
        "calendar": calendar.days(now, board.zone, CALENDAR_DAYS),
        "lap": {
            "number": glass.lap.number,
            "start": glass.lap.start,
            "slides": [
                {"hash": s.hash, "dwell": s.dwell, "title": s.title, "source": s.source, "windows": s.spans}
                for s in glass.lap.slots
            ],
            "filler": glass.lap.filler,
            "safe": glass.safe,
        },
        "notices": [notice_head(notice, slide) for notice, slide in glass.notices],
    }


def notice_head(notice: Notice, slide: Slide) -> Message:
    """A notice without its body, as `state` and `notice` contain it."""
    return {
        "id": str(notice.id),
        "hash": slide.hash,
        "level": notice.level,
        "risk": notice.risk,
        "exercise": notice.exercise,
        "issued": to_ms(notice.issued),
        "until": to_ms(notice.until),
        "title": notice.headline,
    }


def notice(posted: Notice, slide: Slide, *, epoch: str, revision: int) -> Message:
    """`notice`: one priority or urgent notice with its body, so that the screen need not request it."""
    return {
        "epoch": epoch,
        "revision": revision,
        "notice": notice_head(posted, slide),
        "html": slide.html,
        "media": list(slide.media),
    }


def clear(notice_id: int, *, epoch: str, revision: int) -> Message:
    """`clear`: the notice is over; ``revision`` is the board's new one."""
    return {"epoch": epoch, "id": str(notice_id), "revision": revision}


def moved(board: str) -> Message:
    """`moved`: the screen belongs to ``board`` now and reconnects with its slug, by which nginx finds the server."""
    return {"board": board}


def tick(lap: Lap, airing: Airing, revision: int) -> Message:
    """`slide`: the next airing, sent ahead of its time; ``hash`` is the filler's if no slot can air."""
    digest = lap.filler if airing.index is None else lap.slots[airing.index].hash
    return {"hash": digest, "at": airing.start, "until": airing.until, "revision": revision}


def slide_batches(slides: Iterable[Slide], largest: int = LARGEST_MESSAGE) -> list[list[Message]]:
    """`slides` messages of at most ``largest`` bytes of HTML each; a single larger body gets a message of its own."""
    batches: list[list[Message]] = []
    size = largest + 1
    for slide in slides:
        weight = len(slide.html.encode()) + 200
        if size + weight > largest:
            batches.append([])
            size = 0
        batches[-1].append({"hash": slide.hash, "html": slide.html, "media": list(slide.media)})
        size += weight
    return batches


def state_parts(text: str, largest: int = LARGEST_MESSAGE) -> list[Message]:
    """`part` messages: the JSON text of a `state` that is too large for one message; notices may go between them.

    Each is at most ``largest`` bytes as UTF-8 JSON that escapes only what JSON requires.
    """
    pieces, begun, weight = [], 0, 0
    for at, letter in enumerate(text):
        size = len(letter.encode()) + (letter in '"\\')
        if weight + size > largest - _PART_FRAME:
            pieces.append(text[begun:at])
            begun, weight = at, 0
        weight += size
    pieces.append(text[begun:])
    return [{"at": at, "of": len(pieces), "text": piece} for at, piece in enumerate(pieces)]


def digest(hashes: Iterable[str]) -> str:
    """16 hex of FNV-1a 64 over the sorted hashes joined by commas; display/state/digest.js computes the same."""
    value = _FNV_OFFSET
    for byte in ",".join(sorted(set(hashes))).encode():
        value = ((value ^ byte) * _FNV_PRIME) & _FNV_MASK
    return f"{value:016x}"


def differs(message: Mapping[str, object], glass: Glass, epoch: str) -> bool:
    """True if a screen's `sync` does not match ``glass`` and ``epoch``, so that a `state` has to be sent."""
    return (
        message.get("epoch") != epoch
        or message.get("revision") != glass.revision
        or message.get("have") != digest(glass.hashes)
    )


def is_screen_packet(packet: object) -> bool:
    """True for the Socket.IO packets that screens send: CONNECT, DISCONNECT, their four events, acknowledgements.

    Other packets of a stranger would each log a traceback, and an event named "connect" or "disconnect" would be
    mistaken for the real one.
    """
    found = _PACKET.match(packet) if isinstance(packet, str) else None
    if found is None:
        return False
    try:
        payload = json.loads(found["json"] or "null")
    except (ValueError, RecursionError):
        return False
    if found["kind"] == "2":
        return isinstance(payload, list) and bool(payload) and payload[0] in SCREEN_EVENTS
    return isinstance(payload, list) if found["kind"] == "3" else True


@dataclass(frozen=True, slots=True)
class Receipt:
    """What became of a notice (``id`` is its number), a slide (its hash) or a silent test ("t" and a number).

    ``at`` is in milliseconds since 1970 UTC.
    """

    id: str
    kind: Literal["received", "shown", "ended"]
    at: int


def parse_receipts(message: object, most: int = 100) -> tuple[Receipt, ...]:
    """The well-formed receipts among the first ``most`` of a `receipts` message; ``message`` is untrusted."""
    found: list[Receipt] = []
    for one in message[:most] if isinstance(message, list) else ():
        id, kind, at = (one.get("id"), one.get("kind"), one.get("at")) if isinstance(one, dict) else (0, 0, 0)
        if isinstance(id, str) and _RECEIPT.match(id) and kind in _KINDS and type(at) is int and 0 < at < _FAR:
            found.append(Receipt(id, kind, at))
    return tuple(found)


def parse_want(message: object, most: int = 400) -> Sequence[str]:
    """The well-formed hashes among the first ``most`` of a `want` message; ``message`` is untrusted."""
    if not isinstance(message, list):
        return ()
    return [one for one in message[:most] if isinstance(one, str) and len(one) == 16]
