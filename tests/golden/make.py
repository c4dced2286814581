"""Writes lap.json, the table that lap.py and display/lap.js are both held to; run it when the rule changes.

python -m tests.golden.make
"""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

from server.core.airing import Lap, Slot, Span, airing_at

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


def _case(lap: Lap, instant: int) -> dict[str, Any]:
    airing = airing_at(lap, instant)
    if airing is None:
        return {"t": instant, "hash": None, "start": None, "until": None}
    digest = lap.filler if airing.index is None else lap.slots[airing.index].hash
    return {"t": instant, "hash": digest, "start": airing.start, "until": airing.until}


def table() -> list[dict[str, Any]]:
    chance = random.Random(7)
    rows = []
    for lap in _laps():
        edges = {end for slot in lap.slots for span in slot.spans for end in span if end}
        near = [edge + step for edge in sorted(edges) for step in (-1, 0, 1)]
        far = [chance.randrange(NOON, NOON + reach) for reach in (60_000, HOUR, 6 * HOUR) for _ in range(12)]
        instants = sorted({lap.start - 1, lap.start, *near, *far, NOON + 100 * 24 * HOUR})
        slides = [{"hash": s.hash, "dwell": s.dwell, "windows": s.spans} for s in lap.slots]
        shape = {"number": lap.number, "start": lap.start, "slides": slides, "filler": lap.filler}
        rows.append({"lap": shape, "cases": [_case(lap, instant) for instant in instants]})
    return rows


def text() -> str:
    return "[\n" + ",\n".join(json.dumps(row, separators=(",", ":")) for row in table()) + "\n]\n"


if __name__ == "__main__":
    (HERE / "lap.json").write_text(text())
