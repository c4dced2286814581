"""The messages between server and screen, as plain dictionaries; the hub sends them, display/ reads them.

Shapes are held by tests/golden/wire.schema.json and tests/golden/wire.json, which pytest and node both read.
All instants are whole milliseconds since 1970 UTC. Unknown fields are ignored on both sides.
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
SAID_BY_SCREENS = ("want", "sync", "receipts", "health")
# The desk's wall has a namespace of its own; of a screen only the default one is heard.
_DESK = r"(/desk,)?"
_SAID = re.compile(
    rf"(?P<kind>0|1|2(?={_DESK}\d{{0,9}}\[)|3(?={_DESK}\d{{1,9}}\[)){_DESK}\d*(?P<words>[\[{{\"n].*)?\Z", re.DOTALL
)
_RECEIPT = re.compile(r"(t?\d{1,9}|[0-9a-f]{16})\Z")
_KINDS = ("received", "shown", "ended")
_FAR = 1 << 45
_PART_FRAME = 100  # what stands around a piece of text
_FNV_OFFSET, _FNV_PRIME, _FNV_MASK = 0xCBF29CE484222325, 0x100000001B3, (1 << 64) - 1


@dataclass(frozen=True, slots=True)
class Glass:
    """What one board's screens must show: the state of which ``revision`` is the number.

    ``notices`` pairs each live notice with its slide, most pressing first; ``safe`` is the calm slide's hash;
    ``themes`` are those of certain days beside the board's own, the first that fits counts.
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
        """Every body the state names, in the order a screen needs them."""
        named = [slide.hash for _, slide in self.notices] + [slot.hash for slot in self.lap.slots]
        named += [one for one in (self.lap.filler, self.safe) if one]
        return tuple(dict.fromkeys(named))


def returning_within(connected: int) -> int:
    """Within how many ms so many screens should come back after a server went away: as fast as one lets them in."""
    return max(SHORTEST_RETURN, -(-connected * 1_000 // RETURNS_A_SECOND // 500) * 500)


def state(glass: Glass, *, epoch: str, build: str, now: datetime, back: int = SHORTEST_RETURN) -> Message:
    """`state`: all a screen needs to be right, whatever it missed. ``back`` spreads the screens' return, in ms."""
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
    """`notice`: one priority or urgent notice with its body, so that nothing has to be asked for first."""
    return {
        "epoch": epoch,
        "revision": revision,
        "notice": notice_head(posted, slide),
        "html": slide.html,
        "media": list(slide.media),
    }


def clear(notice_id: int, *, epoch: str, revision: int) -> Message:
    return {"epoch": epoch, "id": str(notice_id), "revision": revision}


def moved(board: str) -> Message:
    """`moved`: the screen belongs to another board now, and comes back by its name: nginx then finds its server."""
    return {"board": board}


def tick(lap: Lap, airing: Airing, revision: int) -> Message:
    """`slide`: what airs next, ahead of its time; ``hash`` is the filler's where nothing else can air."""
    digest = lap.filler if airing.index is None else lap.slots[airing.index].hash
    return {"hash": digest, "at": airing.start, "until": airing.until, "revision": revision}


def bodies(slides: Iterable[Slide], largest: int = LARGEST_MESSAGE) -> list[list[Message]]:
    """`slides` messages of at most ``largest`` bytes of HTML each; one body that is larger goes alone."""
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


def parts(text: str, largest: int = LARGEST_MESSAGE) -> list[Message]:
    """`part`: a `state` too large for one message, as pieces of its JSON text; a notice may go between two of them.

    Each is at most ``largest`` bytes when encoded without escapes but JSON's own.
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


def differs(message: Mapping[str, Any], glass: Glass, epoch: str) -> bool:
    """True where a screen's `sync` is not in step and must be answered by `state`."""
    return (
        message.get("epoch") != epoch
        or message.get("revision") != glass.revision
        or message.get("have") != digest(glass.hashes)
    )


def may_be_said(packet: object) -> bool:
    """True for a Socket.IO packet of a kind that a screen sends: CONNECT, DISCONNECT, its four events, an answer.

    Whatever else a stranger sends would be one traceback a packet in the log; and a client's own event named
    "connect" or "disconnect" would be taken for the real one.
    """
    found = _SAID.match(packet) if isinstance(packet, str) else None
    if found is None:
        return False
    try:
        words = json.loads(found["words"] or "null")
    except (ValueError, RecursionError):
        return False
    if found["kind"] == "2":
        return isinstance(words, list) and bool(words) and words[0] in SAID_BY_SCREENS
    return isinstance(words, list) if found["kind"] == "3" else True


@dataclass(frozen=True, slots=True)
class Receipt:
    """A screen's word about a notice (``id`` a number), a slide (its hash) or a silent test ("t" and a number).

    ``at`` is in milliseconds.
    """

    id: str
    kind: Literal["received", "shown", "ended"]
    at: int


def said_receipts(message: object, most: int = 100) -> tuple[Receipt, ...]:
    """The receipts of a message, only what is well-formed."""
    found: list[Receipt] = []
    for one in message[:most] if isinstance(message, list) else ():
        id, kind, at = (one.get("id"), one.get("kind"), one.get("at")) if isinstance(one, dict) else (0, 0, 0)
        if isinstance(id, str) and _RECEIPT.match(id) and kind in _KINDS and type(at) is int and 0 < at < _FAR:
            found.append(Receipt(id, kind, at))
    return tuple(found)


def asked_hashes(message: object, most: int = 400) -> Sequence[str]:
    """The hashes of a `want`, only what is well-formed. A screen's words are never trusted."""
    if not isinstance(message, list):
        return ()
    return [one for one in message[:most] if isinstance(one, str) and len(one) == 16]
