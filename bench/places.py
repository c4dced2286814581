"""A hundred alerts with outlines of 5,000 points against 5,000 boards, beside asking each outline about each board.

Only `core.alerts.places`, as the intake calls it; `make bench`. Reading an outline happens once for each document,
matching again whenever a board moves. Half of the boards lie within the box of any outline, few within the outline.
"""

from __future__ import annotations

import gc
import math
import os
from collections.abc import Callable
from datetime import UTC, datetime
from random import Random
from statistics import median
from time import thread_time

import shapely

from bench._figures import table
from bench._marks import mark
from server.core.alerts.document import Alert, AlertArea, Info, Ring
from server.core.alerts.placement import BoardPlace
from server.core.alerts.places import Places, read_places
from server.core.alerts.rules import AlertRules

ALERTS = int(os.environ.get("BENCH_ALERTS", "100"))
POINTS = int(os.environ.get("BENCH_OUTLINE", "5000"))
BOARDS = int(os.environ.get("BENCH_LAPS", "5000"))
ROUNDS = 5
TARGET_MS = 100.0
NAIVE_ALERTS = 2
SENT = datetime(2026, 3, 9, tzinfo=UTC)


def outline(chance: Random) -> Ring:
    """A coast: a ring with bays about one degree wide, somewhere in Vietnam."""
    lat, lon = chance.uniform(9, 22), chance.uniform(104, 108)
    found = []
    for n in range(POINTS - 1):
        angle = 2 * math.pi * n / (POINTS - 1)
        away = 0.5 + 0.2 * math.sin(9 * angle) + chance.uniform(-0.0002, 0.0002)
        found.append((lat + away * math.sin(angle), lon + away * math.cos(angle)))
    return (*found, found[0])


def alerts(count: int = ALERTS) -> list[Alert]:
    """Alerts with one outline each, in two languages."""
    chance = Random(1)
    found = []
    for n in range(count):
        areas = (AlertArea("Vùng ven biển", (outline(chance),)),)
        infos = (Info("vi-VN", areas=areas), Info("en-US", areas=areas))
        found.append(Alert("nchmf", "bench@example.vn", f"bao-{n}", SENT, SENT, infos=infos))
    return found


def boards() -> list[BoardPlace]:
    """Boards with a point each, spread over the country."""
    chance = Random(2)
    return [BoardPlace(f"bang-{n}", (chance.uniform(9, 22), chance.uniform(104, 108))) for n in range(BOARDS)]


def run() -> str:
    rules, listed, places = AlertRules(), alerts(), Places(boards())
    read = [read_places(one, rules) for one in listed]
    reading = _seconds(lambda: [read_places(one, rules) for one in listed])
    matching = _seconds(lambda: [places.match(one) for one in read])
    building = _seconds(lambda: Places(boards()))
    points = [shapely.Point(lon, lat) for lat, lon in (one.point for one in boards() if one.point)]
    polygons = [shapely.Polygon([(lon, lat) for lat, lon in one.infos[0].areas[0].polygons[0]]) for one in listed]
    few = polygons[:NAIVE_ALERTS]
    naive = _seconds(lambda: [polygon.intersects(point) for polygon in few for point in points], rounds=1)
    naive *= len(polygons) / len(few)
    found = sum(len(places.match(one).boards) for one in read)
    wanted = sum(shapely.intersects(polygons, point).sum() for point in points)
    if found != wanted:
        raise AssertionError(f"{found} boards instead of {wanted}")
    mark("places", f"{matching * 1000:.0f} ms", met=matching * 1000 <= TARGET_MS)
    rows: list[list[object]] = [
        ["reading the outlines, once for each document", reading * 1000, ""],
        ["matching", matching * 1000, f"<= {TARGET_MS:g}"],
        ["the boards' places, after a board has moved", building * 1000, ""],
        ["each outline asked about each board (shapely, unprepared)", naive * 1000, ""],
    ]
    return (
        f"## Places of alerts\n\n{len(listed)} alerts with an outline of {POINTS:,} points in two languages, "
        f"{BOARDS:,} boards, {found:,} hits:\n\n{table(('', 'ms', 'target'), rows)}\n"
        f"Matching is {naive / matching:,.0f} x as fast as asking each outline about each board, with reading "
        f"{naive / (reading + matching):,.1f} x.\n"
    )


def _seconds(act: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Median processor time of several runs, without garbage collection."""
    gc.collect()
    gc.disable()
    try:
        return median(_once(act) for _ in range(rounds))
    finally:
        gc.enable()


def _once(act: Callable[[], object]) -> float:
    begun = thread_time()
    act()
    return thread_time() - begun


if __name__ == "__main__":
    print(run())
