"""Writes the golden files that Python and the screen's JavaScript are both tested with.

lap.json has laps with instants and what airs then, for server/core/lap/airing.py and display/state/lap.js. wire.json
has one message of each event of server/core/wire.py, about the people and boards of tests/cast.py; its slide bodies
are made here, so that it does not depend on templates. Run it when a rule or a message changes:

python -m tests.golden.make
"""

from __future__ import annotations

import json
import random
from dataclasses import replace
from datetime import time
from hashlib import sha256
from pathlib import Path

from server.core import wire
from server.core.lap.airing import Lap, Slot, Span, airing_at
from server.core.lap.composition import compose
from server.core.lap.items import Item, Page
from server.core.model import Hours, Slide
from server.core.times import to_ms
from tests.cast import BOARD_MINH_TAN, MINH_TAN, MINUTE, NOW, announcement, notice, story

HERE = Path(__file__).parent
NOON = 1_795_320_000_000
HOUR = 3_600_000


def _slot(name: str, dwell: int, *spans: Span) -> Slot:
    return Slot(name, dwell, name, "", spans or ((0, None),), name)


def _laps() -> list[Lap]:
    everything = Lap(1, NOON, (_slot("a", 6_000), _slot("b", 9_500), _slot("c", 61_000)), "calm")
    windows = Lap(
        7,
        NOON,
        (
            _slot("always", 8_000),
            _slot("ends", 10_000, (NOON - HOUR, NOON + 25_000)),
            _slot("opens", 7_000, (NOON + 90_000, None)),
            _slot("twice", 12_000, (NOON, NOON + 40_000), (NOON + HOUR, NOON + HOUR + 60_000)),
        ),
        "calm",
    )
    empty = Lap(2, NOON, (), "calm")
    bare = Lap(3, NOON, (), None)
    gaps = Lap(
        4, NOON, (_slot("morning", 9_000, (NOON + HOUR, NOON + HOUR + 20_000), (NOON + 3 * HOUR, None)),), "calm"
    )
    short = Lap(
        5, NOON, (_slot("never", 9_000, (NOON, NOON + 8_999)), _slot("just", 9_000, (NOON, NOON + 9_000))), None
    )
    chance = random.Random(20261122)
    many = [
        Lap(
            10 + number,
            NOON + chance.randrange(10_000),
            tuple(
                _slot(
                    f"s{place}",
                    chance.randrange(6_000, 30_000, 500),
                    *((0, None) if chance.random() < 0.3 else _window(chance) for _ in range(chance.randrange(1, 3))),
                )
                for place in range(chance.randrange(1, 9))
            ),
            "calm",
        )
        for number in range(6)
    ]
    return [everything, windows, empty, bare, gaps, short, *many]


def _window(chance: random.Random) -> Span:
    start = NOON + chance.randrange(-HOUR, 4 * HOUR, 250)
    return start, start + chance.randrange(5_000, 3 * HOUR, 250)


def _case(lap: Lap, instant: int) -> dict[str, str | int | None]:
    """What airs at ``instant``, as lap.json has it."""
    airing = airing_at(lap, instant)
    if airing is None:
        return {"t": instant, "hash": None, "start": None, "until": None}
    digest = lap.filler if airing.index is None else lap.slots[airing.index].hash
    return {"t": instant, "hash": digest, "start": airing.start, "until": airing.until}


def table() -> list[dict[str, object]]:
    """The rows of lap.json: laps with cases at and around the edges of windows and at random instants."""
    chance = random.Random(7)
    rows: list[dict[str, object]] = []
    for lap in _laps():
        edges = {end for slot in lap.slots for span in slot.spans for end in span if end}
        near = [edge + step for edge in sorted(edges) for step in (-1, 0, 1)]
        far = [chance.randrange(NOON, NOON + reach) for reach in (60_000, HOUR, 6 * HOUR) for _ in range(12)]
        instants = sorted({lap.start - 1, lap.start, *near, *far, NOON + 100 * 24 * HOUR})
        slides = [{"hash": s.hash, "dwell": s.dwell, "windows": s.spans} for s in lap.slots]
        shape = {"number": lap.number, "start": lap.start, "slides": slides, "filler": lap.filler}
        rows.append({"lap": shape, "cases": [_case(lap, instant) for instant in instants]})
    return rows


def lap_text() -> str:
    """The content of lap.json."""
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in table()) + "\n]\n"


def _body(kind: str, title: str, *media: str) -> Slide:
    html = f'<article class="slide {kind}"><h1>{title}</h1></article>'
    addresses = tuple(f"/glass/media/{name}" for name in media)
    return Slide(sha256(html.encode()).hexdigest()[:16], html, 8_000, title, "Cổng thông tin tỉnh", kind, addresses)


def messages() -> wire.Message:
    """One message of each event, by its name; ``auth`` goes with CONNECT, ``synced`` is the answer to ``sync``."""
    news, posting = story(), announcement()
    slides = _body("story", news.title, "0123456789abcdef"), _body("announcement", posting.title)
    calm, safe = _body("empty", "Trụ sở xã Minh Tân"), _body("safe", "Trụ sở xã Minh Tân")
    windows = ((to_ms(NOW - MINUTE), to_ms(NOW + 90 * MINUTE)), (0, None))
    items = [
        Item(f"{slide.kind}:1", slide.kind, (Page(slide.hash, slide.dwell),), (span,), slide.title, slide.source)
        for slide, span in zip(slides, windows, strict=True)
    ]
    board = replace(BOARD_MINH_TAN, hours=(Hours(time(5), time(22, 30)),))
    lap = compose(board, items, None, to_ms(NOW), filler=calm.hash)
    storm, banner = notice(1), notice(2, level="priority", headline="Cấm đường qua cầu số 1", risk=0, danger="")
    pairs = tuple((one, _body("notice", one.headline)) for one in (storm, banner))
    glass = wire.Glass(board, MINH_TAN.name, 42, lap, safe.hash, pairs)
    epoch = "5f3b9c2a7d1e8064"
    named = {"epoch": epoch, "revision": 42, "have": wire.digest(glass.hashes)}
    later = to_ms(NOW + MINUTE)
    coming = airing_at(lap, lap.start + lap.slots[0].dwell)
    return {
        "auth": {"board": board.slug, "build": "0a1b2c3d4e5f"} | named,
        "state": wire.state(glass, epoch=epoch, build="0a1b2c3d4e5f", now=NOW),
        "part": wire.state_parts(json.dumps({"epoch": epoch, "revision": 42}))[0],
        "want": list(glass.hashes),
        "slides": wire.slide_batches([*slides, calm, safe])[0],
        "slide": wire.tick(lap, coming, 42) if coming else None,
        "notice": wire.notice(storm, pairs[0][1], epoch=epoch, revision=43),
        "clear": wire.clear(storm.id, epoch=epoch, revision=44),
        "moved": wire.moved("hoi-truong"),
        "command": {"id": "7", "name": "identify", "until": later},
        "sync": named | {"t0": 81_234},
        "synced": {"t0": 81_234, "t1": later, "t2": later + 1},
        "receipts": [
            {"id": "1", "kind": kind, "at": later + place}
            for place, kind in enumerate(("received", "shown", "ended"))
        ],
        "health": {"errors": 0, "overflows": [], "uptime": 60_000},
    }


def wire_text() -> str:
    """The content of wire.json."""
    return json.dumps(messages(), ensure_ascii=False, indent=1) + "\n"


FILES = {"lap.json": lap_text, "wire.json": wire_text}

if __name__ == "__main__":
    for name, made in FILES.items():
        (HERE / name).write_text(made(), encoding="utf-8")
