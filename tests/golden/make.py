"""Writes the golden files, which the tests of Python and of the screen's JavaScript both read.

lap.json has laps, and instants with what airs then, for server/core/lap/airing.py and display/state/lap.js.
notice_order.json has the notices of one board and their order, for server/core/notices/order.py and
display/state/view.js. turns.json has states with several notices, and instants with the notice that covers the glass
and the one in the banner, for server/core/notices/glass_turns.py and display/state/turns.js. wire.json has one
message of each event of server/core/wire.py, about the people and boards of tests/cast.py; its slide bodies are made
here, so that they do not depend on templates. Run this after a change of a rule or of a message:

python -m tests.golden.make
"""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import time
from hashlib import sha256
from itertools import product
from pathlib import Path
from typing import Any

from server.core import wire, wire_serving
from server.core.lap.airing import Lap, Slot, Span, airing_at
from server.core.lap.composition import compose
from server.core.lap.items import Item, Page
from server.core.model import Counter, Hours, Notice, NowServing, Slide
from server.core.notices.glass_turns import banner, covering
from server.core.notices.order import in_order
from server.core.times import to_ms
from server.core.wire_digest import digest
from tests.cast import BOARD_MINH_TAN, MINH_TAN, MINUTE, NOW, announcement, notice, story

HERE = Path(__file__).parent
NOON = 1_795_320_000_000
HOUR = 3_600_000
HOURS_2 = 120 * MINUTE


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
    """What airs at ``instant`` (milliseconds), in the form of lap.json."""
    airing = airing_at(lap, instant)
    if airing is None:
        return {"t": instant, "hash": None, "start": None, "until": None}
    digest = lap.filler if airing.index is None else lap.slots[airing.index].hash
    return {"t": instant, "hash": digest, "start": airing.start, "until": airing.until}


def table() -> list[dict[str, object]]:
    """The rows of lap.json: each a lap with cases at random instants and around the edges of its windows."""
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
    """One message of each event, by the event's name.

    ``auth`` is the payload of CONNECT, ``synced`` the answer to ``sync``.
    """
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
    storm, closed = notice(1), notice(2, level="priority", headline="Cấm đường qua cầu số 1", risk=0, danger="")
    pairs = tuple((one, _body("notice", one.headline)) for one in (storm, closed))
    alerts = wire.AlertData(("Đài khí tượng thủy văn",), to_ms(NOW - MINUTE), good=True)
    hall = NowServing(board.slug, (Counter("3", "Đất đai", "A105"),), NOW, NOW + 10 * MINUTE, to_ms(NOW))
    numbers = wire_serving.Serving(hall, _body("now_serving", "A105"), slides[1].hash, always=False, chime=True)
    glass = wire.Glass(
        board, MINH_TAN.name, 42, lap, safe.hash, pairs, chain=(board.area, "tinh"), alerts=alerts, serving=numbers
    )
    epoch = "5f3b9c2a7d1e8064"
    named = {"epoch": epoch, "revision": 42, "have": digest(glass.hashes)}
    later = to_ms(NOW + MINUTE)
    coming = airing_at(lap, lap.start + lap.slots[0].dwell)
    return {
        "auth": {"board": board.slug, "build": "0a1b2c3d4e5f", "parts": True} | named,
        "state": wire.state(glass, epoch=epoch, build="0a1b2c3d4e5f", now=NOW),
        "part": wire.state_parts(json.dumps({"epoch": epoch, "revision": 42}))[0],
        "want": list(glass.hashes),
        "slides": next(wire.slide_batches([*slides, calm, safe])),
        "body": wire.body_messages([wire.body(_body("story", "Khánh thành cầu số 1. " * 20))], 400)[0][1],
        "slide": wire.tick(lap, coming, 42) if coming else None,
        "notice": wire.notice(storm, pairs[0][1], glass.chain, epoch=epoch, revision=43),
        "clear": wire.clear(storm.id, epoch=epoch, revision=44),
        "serving": wire_serving.serving(numbers, epoch=epoch),
        "moved": wire.moved("hoi-truong"),
        "command": {"id": "7", "name": "identify", "until": later, "screen": "Sảnh tầng 1"},
        "sync": named | {"serving": hall.version, "t0": 81_234},
        "synced": wire.synced(81_234, later, NOW + MINUTE, glass),
        "receipts": [
            {"id": "1", "kind": kind, "at": later + place}
            for place, kind in enumerate(("received", "shown", "ended"))
        ],
        "health": {"errors": 0, "overflows": [], "uptime": 60_000},
    }


def notice_order_text() -> str:
    """The content of notice_order.json: heads of urgent notices in random order, and their ids in the right order."""
    chain = (BOARD_MINH_TAN.area, "tinh")
    made = [
        notice(
            id=id, areas=(area,), risk=risk, exercise=id % 5 == 0, issued=NOW + (id % 3) * MINUTE, until=NOW + HOURS_2
        )
        for id, (area, risk) in enumerate(product((*chain, "xa-dong-hai"), (0, 3, 5)), start=6)
    ]
    # With equal instant, risk and area the higher number comes first, compared as numbers: 100 before 99.
    made += [notice(id=id, areas=("tinh",), risk=3, issued=NOW, until=NOW + HOURS_2) for id in (99, 100)]
    # Of received alerts without a level of risk the graver one comes first, however far and old it is.
    threats = ("now-extreme", "later-severe", "moderate", "")
    made += [
        replace(made[-1], id=id, threat=threat, risk=0, origin="x", issued=NOW - id * MINUTE)
        for id, threat in enumerate(threats, start=50)
    ]
    random.Random(12).shuffle(made)  # a fixed seed, so that each run gives the same order
    heads = [wire.notice_head(one, _body("notice", one.headline), chain) for one in made]
    order = [str(one.id) for one in in_order(made, chain)]
    return json.dumps({"notices": heads, "order": order}, ensure_ascii=False, indent=1) + "\n"


def _turning_states() -> list[wire.Glass]:
    """States of one board with notices that hold the glass to their end, for a time, or not any more."""
    board, chain = BOARD_MINH_TAN, (BOARD_MINH_TAN.area, "tinh")

    def alert(id: int, holds: int | None, until: int = 120, **more: Any) -> Notice:
        """An urgent alert that holds the glass for some minutes after `NOW`, and ends some minutes after `NOW`."""
        until_held = None if holds is None else NOW + holds * MINUTE
        end = NOW + until * MINUTE
        return notice(id=id, issued=NOW + id * MINUTE, holds_until=until_held, until=end, origin="x", **more)

    priority = notice(id=20, level="priority", issued=NOW + 2 * MINUTE, until=NOW + HOURS_2)
    calm = notice(id=21, level="urgent", calm=True, risk=0, until=NOW + HOURS_2)
    sets = (
        (alert(1, 15),),
        (alert(1, 15), alert(2, 17, 40, risk=5), priority),
        (alert(1, 15), alert(2, 30), alert(3, 45, 60), calm),
        (alert(1, 5), alert(2, 6, 50), alert(3, None, 30, exercise=True), alert(4, 7), priority),
        (alert(1, 3, 20), notice(id=5, until=NOW + 10 * MINUTE), priority, calm),
    )
    return [
        wire.Glass(board, MINH_TAN.name, 1, _turning_lap(some), "f" * 16, _drawn(some, chain), chain=chain)
        for some in sets
    ]


def _drawn(notices: Sequence[Notice], chain: Sequence[str]) -> tuple[tuple[Notice, Slide], ...]:
    return tuple(
        (one, replace(_body("notice", f"{one.id}"), dwell=12_000 + 6_000 * (one.id % 3)))
        for one in in_order(notices, chain)
    )


def _turning_lap(notices: Sequence[Notice]) -> Lap:
    """A lap of three slides with the notices in it, except the last of several urgent ones."""
    chosen = [one for one in notices if one.holds_until is not None or one.shown_level != "urgent"]
    items = [Item(name, "tin", (Page(f"{name}" * 16, 9_000),), ((0, None),), name) for name in "abc"]
    items += [
        Item(
            f"notice:{one.id}",
            "notices",
            (Page(slide.hash, slide.dwell),),
            ((to_ms(max(one.issued, one.holds_until or one.issued)), to_ms(one.until)),),
            alternates=one.shown_level == "urgent",
        )
        for one, slide in _drawn(chosen, ())
    ]
    return compose(BOARD_MINH_TAN, items, None, to_ms(NOW), filler="f" * 16)


def turns_text() -> str:
    """The content of turns.json: states, each with instants and the ids of the covering notice and the banner."""
    rows: list[str] = []
    for glass in _turning_states():
        seen = [
            (at, covering(glass.notices, glass.lap, at), banner(glass.notices, glass.lap, at))
            for at in range(to_ms(NOW), to_ms(NOW + HOURS_2) + 60_000, 7_300)
        ]
        cases = [[at, *(None if one is None else str(one.id) for one in pair)] for at, *pair in seen]
        state = wire.state(glass, epoch="5f3b9c2a7d1e8064", build="0a1b2c3d4e5f", now=NOW)
        rows.append(json.dumps({"state": state, "cases": cases}, ensure_ascii=False, separators=(",", ":")))
    return "[\n" + ",\n".join(rows) + "\n]\n"


def wire_text() -> str:
    """The content of wire.json."""
    return json.dumps(messages(), ensure_ascii=False, indent=1) + "\n"


FILES = {
    "lap.json": lap_text,
    "notice_order.json": notice_order_text,
    "turns.json": turns_text,
    "wire.json": wire_text,
}

if __name__ == "__main__":
    for name, made in FILES.items():
        (HERE / name).write_text(made(), encoding="utf-8")
