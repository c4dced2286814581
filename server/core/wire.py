"""Builds and parses the Socket.IO messages between server and screen; called by live; display/ reads them.

Messages are plain dictionaries. tests/golden/wire.schema.json and tests/golden/wire.json define their shapes; pytest
and node both read them. All instants are whole milliseconds since 1970 UTC. Both sides ignore unknown fields.
``revision`` counts the changes of one board's state. ``epoch`` identifies the store's history: it changes when a
backup is restored. ``build`` is the checksum of the screen's files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal

from server.core import calendar
from server.core.areas import distance
from server.core.lap.airing import Airing, Lap
from server.core.lap.regular_turns import SERVING
from server.core.model import Board, Notice, Slide, ThemeDays
from server.core.times import to_ms
from server.core.wire_digest import digest
from server.core.wire_serving import Serving, serving_body

Message = dict[str, Any]

CALENDAR_DAYS = 5
LARGEST_MESSAGE = 16 * 1024
SHORTEST_RETURN = 1_200
RETURNS_A_SECOND = 2_000
_RECEIPT = re.compile(r"(t?[0-9]{1,9}|[0-9a-f]{16})\Z")
_KINDS = ("received", "shown", "ended")
_FAR = 1 << 45
NOTICE = "notice:"  # the keys of items that are notices begin with this
_PART_FRAME = 100  # bytes reserved for the JSON around a piece of text


@dataclass(frozen=True, slots=True)
class AlertData:
    """Whether there are data on alerts for a board. ``sources`` are the names of its sources of alerts.

    ``since`` is the oldest of the times (ms) at which the sources were last read successfully; None if one never was.
    ``good``: all sources gave data within ``silent_after`` ms. ``waiting``: an alert for the board waits for an
    editor, or an editor took it off before its end.
    """

    sources: tuple[str, ...]
    since: int | None
    good: bool
    waiting: bool = False
    silent_after: int = 600_000


@dataclass(frozen=True, slots=True)
class Glass:
    """All that the screens of one board must show, numbered by ``revision``.

    ``notices`` pairs each live notice with its slide, in the order of `server.core.notices.order`. ``safe`` is the
    hash of the slide that is shown in safe mode. ``themes`` are the themes by date of config.toml; those of the board
    take precedence. ``chain`` holds the slugs of the board's area and of the areas above it, nearest first.
    ``alerts`` is None if no source of alerts applies to the board, ``serving`` if no hall reports its numbers. These
    two change without a new revision.
    """

    board: Board
    area_name: str
    revision: int
    lap: Lap
    safe: str
    notices: tuple[tuple[Notice, Slide], ...] = ()
    themes: tuple[ThemeDays, ...] = ()
    chain: tuple[str, ...] = ()
    alerts: AlertData | None = None
    serving: Serving | None = None

    @property
    def hashes(self) -> tuple[str, ...]:
        """The hashes of all slide bodies that the state names, in the order a screen needs them."""
        named = [slide.hash for _, slide in self.notices] + [slot.hash for slot in self.lap.slots]
        named += [one for one in (self.lap.filler, self.safe) if one]
        return tuple(dict.fromkeys(named))


def reconnect_within(connected: int) -> int:
    """The time in ms within which ``connected`` screens should reconnect after a server stopped.

    It is the time in which a server accepts them at `RETURNS_A_SECOND` connections a second, rounded up to half
    seconds, and at least `SHORTEST_RETURN`.
    """
    return max(SHORTEST_RETURN, -(-connected * 1_000 // RETURNS_A_SECOND // 500) * 500)


def state(glass: Glass, *, epoch: str, build: str, now: datetime, back: int = SHORTEST_RETURN) -> Message:
    """The payload of `state`: everything that a screen needs, even if it missed all earlier messages.

    ``back`` is the result of `reconnect_within`, in ms.
    """
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
            "alerts": alert_head(glass.alerts),
        },
        "calendar": calendar.days(now, board.zone, CALENDAR_DAYS),
        "lap": {
            "number": glass.lap.number,
            "start": glass.lap.start,
            "slides": [
                {
                    "hash": s.hash,
                    "dwell": s.dwell,
                    "title": s.title,
                    "source": s.source,
                    "windows": s.spans,
                    "notice": s.key.removeprefix(NOTICE) if s.key.startswith(NOTICE) else None,
                    "serving": s.key == SERVING,
                }
                for s in glass.lap.slots
            ],
            "filler": glass.lap.filler,
            "safe": glass.safe,
        },
        "notices": [notice_head(notice, slide, glass.chain) for notice, slide in glass.notices],
        "serving": serving_body(glass.serving),
    }


def alert_head(alerts: AlertData | None) -> Message | None:
    """Returns the field ``alerts`` of `state` and `synced`; only the latter is renewed with every poll."""
    if alerts is None:
        return None
    return {
        "sources": list(alerts.sources),
        "since": alerts.since,
        "good": alerts.good,
        "waiting": alerts.waiting,
        "silent_after": alerts.silent_after,
    }


def synced(t0: object, received: int, now: datetime, glass: Glass | None) -> Message:
    """The answer to `sync`, with the data on alerts.

    It repeats ``t0`` as the screen sent it (None if that is no integer) and says when the message was ``received``
    and answered, in ms. The data on alerts are None without ``glass``.
    """
    known = t0 if isinstance(t0, int) else None
    return {"t0": known, "t1": received, "t2": to_ms(now), "alerts": alert_head(glass.alerts) if glass else None}


def notice_head(notice: Notice, slide: Slide, chain: Sequence[str] = ()) -> Message:
    """Returns a notice without its body, as `state` and `notice` contain it; ``chain`` is as in `Glass`."""
    return {
        "id": str(notice.id),
        "hash": slide.hash,
        "level": notice.shown_level,
        "risk": notice.risk,
        "gravity": notice.gravity,
        "exercise": notice.exercise,
        "distance": distance(chain, notice.areas),
        "issued": to_ms(notice.issued),
        "until": to_ms(notice.until),
        "holds_until": None if notice.holds_until is None else to_ms(notice.holds_until),
        "calm": notice.calm,
        "language": notice.language,
        "turn": slide.dwell,
        "title": notice.headline,
    }


def notice(posted: Notice, slide: Slide, chain: Sequence[str] = (), *, epoch: str, revision: int) -> Message:
    """The payload of `notice`: a priority or urgent notice with its body, so that the screen need not request it.

    ``chain`` as in `Glass`.
    """
    return {
        "epoch": epoch,
        "revision": revision,
        "notice": notice_head(posted, slide, chain),
        "html": slide.html,
        "media": list(slide.media),
    }


def clear(notice_id: int, *, epoch: str, revision: int) -> Message:
    """The payload of `clear`, which ends a notice; ``revision`` is the board's new revision."""
    return {"epoch": epoch, "id": str(notice_id), "revision": revision}


def moved(board: str) -> Message:
    """The payload of `moved`: the screen now belongs to the board with this slug.

    The screen reconnects with the slug in its URL, from which nginx selects the server.
    """
    return {"board": board}


def tick(lap: Lap, airing: Airing, revision: int) -> Message:
    """The payload of `slide`: the next airing, sent before it begins; it has the filler's hash if no slot airs."""
    digest = lap.filler if airing.index is None else lap.slots[airing.index].hash
    return {"hash": digest, "at": airing.start, "until": airing.until, "revision": revision}


def body(slide: Slide) -> Message:
    """Returns a slide's hash, HTML and media: one element of the payload of `slides`."""
    return {"hash": slide.hash, "html": slide.html, "media": list(slide.media)}


def slide_batches(slides: Iterable[Slide], largest: int = LARGEST_MESSAGE) -> Iterator[list[Message]]:
    """The payloads of `slides`, of at most ``largest`` bytes of JSON each; a single larger body gets its own payload.

    ``slides`` is read lazily: at most one slide more than the payloads taken so far contain.
    """
    batch: list[Message] = []
    size = _PART_FRAME
    for slide in slides:
        message = body(slide)
        weight = _json_size(message) + 1
        if batch and size + weight > largest:
            yield batch
            batch, size = [], _PART_FRAME
        batch.append(message)
        size += weight
    if batch:
        yield batch


def body_messages(batch: list[Message], largest: int = LARGEST_MESSAGE) -> list[tuple[str, object]]:
    """Returns the (event, payload) pairs for one of `slide_batches`: one `slides`, or a `body` for each piece."""
    if len(batch) > 1 or _json_size(batch) <= largest:
        return [("slides", batch)]
    return _body_parts(batch[0], largest)


def _body_parts(large: Message, largest: int) -> list[tuple[str, object]]:
    """The `body` messages of one slide body, each of at most ``largest`` bytes."""
    frame = _PART_FRAME + _json_size(large["media"]) + _json_size(large["hash"])
    pieces = _pieces(large["html"], largest - frame)
    same = {"hash": large["hash"], "media": large["media"], "of": len(pieces)}
    return [("body", {**same, "at": at, "text": piece}) for at, piece in enumerate(pieces)]


def notice_messages(message: Message, largest: int = LARGEST_MESSAGE) -> list[tuple[str, object]]:
    """Returns the (event, payload) pairs that send ``message``, a result of `notice`.

    That is one `notice`, or the pieces of its body and then the `notice` if the body is too large. The `notice` after
    its body has an empty ``html``. Only clients that can join the parts of a body may be sent these messages.
    """
    if _json_size(message) + _PART_FRAME <= largest:
        return [("notice", message)]
    large = {"hash": message["notice"]["hash"], "html": message["html"], "media": message["media"]}
    return [*_body_parts(large, largest), ("notice", {**message, "html": ""})]


def state_parts(text: str, largest: int = LARGEST_MESSAGE) -> list[Message]:
    """The payloads of `part`: the JSON text of a `state` too large for one message, cut into pieces.

    The server can send a notice between two of them. Each payload is at most ``largest`` bytes as UTF-8 JSON that
    escapes only what JSON requires.
    """
    pieces = _pieces(text, largest - _PART_FRAME)
    return [{"at": at, "of": len(pieces), "text": piece} for at, piece in enumerate(pieces)]


def _pieces(text: str, largest: int) -> list[str]:
    """Returns ``text`` cut into pieces of at most ``largest`` bytes each as JSON.

    Of the control characters, ``text`` may contain only newline, carriage return and tab.
    """
    pieces, begun, weight = [], 0, 0
    for at, letter in enumerate(text):
        size = len(letter.encode()) + (letter in '"\\\n\r\t')
        if weight + size > largest:
            pieces.append(text[begun:at])
            begun, weight = at, 0
        weight += size
    pieces.append(text[begun:])
    return pieces


def _json_size(message: object) -> int:
    return len(json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode())


def differs(message: Mapping[str, object], glass: Glass, epoch: str) -> bool:
    """True if a screen's `sync` does not match ``glass`` and ``epoch``, so that a `state` has to be sent."""
    return (
        message.get("epoch") != epoch
        or message.get("revision") != glass.revision
        or message.get("have") != digest(glass.hashes)
    )


@dataclass(frozen=True, slots=True)
class Receipt:
    """A screen's report that it received, showed or ended a notice, showed a slide, or drew a silent test's pixel.

    In the weekly silent test every screen draws one pixel, which proves that messages reach it. ``id`` is the number
    of the notice, the hash of the slide, or "t" and the number of the test. ``at`` is in milliseconds since 1970 UTC.
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
