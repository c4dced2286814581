"""Measures the rotation of 3,000 boards with three screens each and a new slide every ten seconds; `make bench`.

Measured over one lap of every board, including its renewal, are the CPU time of the server (with the pings of 9,000
screens) and how late each `slide` message reaches its screens. The server sends it 1.5 s before its slide begins.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Event
from time import monotonic

from bench._figures import percentile, table
from bench._loop import loop_lag
from bench._marks import mark
from bench._peers import Load, cpu_seconds
from server.core.model import Announcement, Window
from server.store.announcements import announcements
from tests.station import ACTOR, Station, config_text, until

BOARDS = int(os.environ.get("BENCH_BOARDS", "3000"))
SCREENS_EACH = 3
SLIDES = 6
DWELL = 10.0
AHEAD_MS = 1_500
LIMIT = 0.25
# 24 syllables with the title: a slide lasts two seconds and a third of a second for each syllable, so 10 s.
_TEXT = "Mời bà con theo dõi lịch tiếp công dân của xã trong tháng này trên bảng tin điện tử này"


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        station = Station.of(Path(folder), config_text([f"b-{n}" for n in range(BOARDS)]))
        stack.callback(station.close)
        begun = monotonic()
        _start(station)
        started = monotonic() - begun
        screens = stack.enter_context(
            Load(station.port, BOARDS * SCREENS_EACH, board="b-%d", boards=BOARDS, event="slide")
        )
        share, late, dwell = _rotate(station, screens)
        lag = loop_lag(station)
    mark("rotation", f"{share * 100:.1f} %", met=share <= LIMIT)
    wanted = BOARDS * SCREENS_EACH * SLIDES
    rows: list[list[object]] = [
        ["processor over a rotation", f"{share * 100:.1f} % of a core", f"<= {LIMIT * 100:g} %"],
        ["ticks that came", f"{len(late):,} of about {wanted:,}", ""],
        ["late p50, ms", percentile(late, 0.5), ""],
        ["late p99, ms", percentile(late, 0.99), ""],
        ["late worst, ms", max(late), f"< {AHEAD_MS:,}, how far ahead it leaves"],
        ["a slide stands, s", dwell, ""],
        ["all boards on air after the start, s", started, ""],
        ["loop late p99.9, worst, ms", lag, "<= 10, <= 50"],
    ]
    title = f"## Rotation of {BOARDS:,} boards with {SCREENS_EACH} screens each"
    return f"{title}\n\n" + table(("", "measured", "target"), rows)


def _start(station: Station) -> None:
    """Stores the announcements, then starts the server, which so composes every lap only once."""
    station.start(worker=False)
    station.kill9_server()
    now = datetime.now(UTC)
    for n in range(SLIDES):
        wanted = Announcement(
            id=0, area="tinh", title=f"Thông báo số {n}", text=_TEXT, windows=(Window(now, None),), created=now,
            created_by=ACTOR,
        )  # fmt: skip
        announcements.post(station.store, wanted, actor=ACTOR)
    station.restart()
    until(lambda: len(station.titles(f"b-{BOARDS - 1}")) == SLIDES, "every board is on air")


def _rotate(station: Station, screens: Load) -> tuple[float, list[float], float]:
    """(share of a core that the server used over one lap, lateness of each `slide` in ms, seconds of a slide)."""
    assert station.server is not None
    pid, never = station.server.pid, Event()
    slots = station.state("b-0")["lap"]["slides"]
    dwell = sum(one["dwell"] for one in slots) / len(slots) / 1000
    until(lambda: _settled(pid, never), "the laps are stored", every=0)
    screens.ask("ticks")
    before, begun = cpu_seconds(pid), monotonic()
    never.wait(dwell * SLIDES)
    share = (cpu_seconds(pid) - before) / (monotonic() - begun)
    noted = screens.ask("late").split()[1:]
    return share, [float(one) + AHEAD_MS for one in noted], dwell


def _settled(pid: int, never: Event) -> bool:
    """Waits two seconds; returns whether the server used so little CPU time that the work of its start is done.

    ``never`` is an event that is never set.
    """
    before = cpu_seconds(pid)
    never.wait(2)
    return cpu_seconds(pid) - before < 1.2


if __name__ == "__main__":
    print(run())
