"""Measures how long an urgent notice takes to reach the last of a thousand screens under load; run by `make bench`.

The loads are: none; the worker imports feeds of 2,000 entries, all changed, again and again; 500 screens a second
reconnect; people sign in (Argon2); all of these together. The time runs from the start of posting, including the wait
for the store's lock, until the last screen has the notice. The phase relative to the director's tick is random.
"""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from threading import Event
from time import monotonic_ns

from bench._figures import percentile, table
from bench._loop import lag_counts, loop_lag
from bench._marks import mark
from bench._peers import Load, Process
from bench._signers import choose_password
from server.core.policy import Grant
from server.store.notices import notices
from server.store.people import one_time_links, people
from server.store.sources import story_queries
from tests.browser.storm import ONE_FACTOR, PASSWORD
from tests.station import ACTOR, Feed, Station, config_text, until

BOARD, OTHER = "hoi-truong", "ben-xe"
SCREENS = int(os.environ.get("BENCH_PRESSED", "1000"))
RECONNECTING = 1_000
RECONNECTS_A_SECOND = 500
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "100"))
ENTRIES = 2_000
PORTALS = 2
EVERY_SECONDS = 3.0
SIGNERS = 4
TARGET = 2.0
_Text = Callable[[], str]  # describes the work that the server did during the measurement


@dataclass(frozen=True, slots=True)
class Result:
    """The results under one load.

    ``last``, ``middle`` and ``stored`` are the milliseconds of each notice until the last screen had it, until the
    median screen had it, and until it was stored. ``lost`` counts screens that never had it, ``beside`` describes the
    other work of the server, ``lag`` is the lag of its event loop as text.
    """

    name: str
    last: list[float]
    middle: list[float]
    stored: list[float]
    lost: int
    beside: str
    lag: str


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        found = _measure(Path(folder), stack)
    raw = Path(os.environ.get("BENCH_RAW", tempfile.gettempdir())) / "bang-tin-pressure.json"
    raw.write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")
    quiet, quiet_worst = (percentile(found[0].last, share) for share in (0.5, 0.99))
    if len(found) > 1:
        worst = max(percentile(one.last, 0.99) for one in found[1:]) / quiet
        mark("pressure", f"{worst:.1f} x", met=worst <= TARGET)
    rows = [
        [
            one.name, percentile(one.last, 0.5), percentile(one.last, 0.99), max(one.last),
            percentile(one.middle, 0.5), percentile(one.stored, 0.99), f"{percentile(one.last, 0.99) / quiet:.2f}",
            f"{percentile(one.last, 0.99) / quiet_worst:.2f}", one.lost, one.lag, one.beside,
        ]
        for one in found
    ]  # fmt: skip
    head = ("", "last p50 ms", "p99 ms", "worst ms", "middle screen p50 ms", "stored p99 ms",
            f"p99 : quiet p50 (target <= {TARGET:g})", "p99 : quiet p99", "lost",
            "loop late p99.9, worst ms (<= 10, 50)",
            "meanwhile")  # fmt: skip
    title = f"## Urgent notice to {SCREENS:,} screens under pressure, {ROUNDS} pushes each"
    return f"{title}\n\n{table(head, rows)}"


def _measure(folder: Path, stack: ExitStack) -> list[Result]:
    station = _station(folder, stack)
    screens = stack.enter_context(Load(station.port, SCREENS, board=BOARD))
    others = stack.enter_context(Load(station.port, RECONNECTING, board=OTHER))
    pushes = Pushes(station, screens)
    found = [pushes.under("quiet", lambda: "")]
    others.ask(f"churn {RECONNECTS_A_SECOND}")
    found.append(pushes.under(f"{RECONNECTS_A_SECOND} screens a second come back", _back(others)))
    others.ask("churn 0")
    with _signers(station) as signers:
        found.append(
            pushes.under(f"{SIGNERS} people at a time sign in", lambda: f"{signers.ask('').strip()} came in")
        )
    station.work()
    until(lambda: station.titles(BOARD), "the first reading is there")
    found.append(pushes.under(f"feeds of {ENTRIES:,} entries taken in", _read(station)))
    others.ask(f"churn {RECONNECTS_A_SECOND}")
    with _signers(station) as signers:
        came_back, read = _back(others), _read(station)
        found.append(pushes.under(
            "all together", lambda: f"{came_back()}; {signers.ask('').strip()} came in; {read()}"
        ))  # fmt: skip
    return [found[0], found[3], found[1], found[2], found[4]]


def _station(folder: Path, stack: ExitStack) -> Station:
    portals = [stack.enter_context(Process(sys.executable, "-m", "bench._portal", str(ENTRIES)))
               for _ in range(PORTALS)]  # fmt: skip
    feeds = [Feed(f"tin-{n}", f"http://127.0.0.1:{int(portal.line())}/", minutes=EVERY_SECONDS / 60)
             for n, portal in enumerate(portals)]  # fmt: skip
    lanes = {board: [feed.slug for feed in feeds] for board in (BOARD, OTHER)}
    station = Station.of(folder, config_text([BOARD, OTHER], feeds, lanes) + ONE_FACTOR)
    stack.callback(station.close)
    station.start(worker=False)
    now = datetime.now(UTC)
    lan = people.add(station.store, username=ACTOR, name="Lan", email="lan@x.vn", actor="bench", now=now)
    people.grant(station.store, ACTOR, Grant("editor", "tinh"), by=None, actor="bench", now=now)
    token = one_time_links.make(
        station.store, "invite", person=lan.id, by="bench", now=now, lasts=one_time_links.INVITE_LASTS
    )
    until(lambda: station.get("/desk/login")[0] == 200, "the desk answers")
    choose_password(station.port, token, PASSWORD)
    return station


def _signers(station: Station) -> Process:
    return Process(sys.executable, "-m", "bench._signers", str(station.port), ACTOR, PASSWORD, str(SIGNERS))


def _back(others: Load) -> _Text:
    return lambda: f"{int(others.ask(f'churn {RECONNECTS_A_SECOND}').removeprefix('churned')):,} came back"


def _read(station: Station) -> _Text:
    before = _versions(station)
    return lambda: f"{_versions(station) - before:,} new versions of stories"


def _versions(station: Station) -> int:
    held = (story_queries.of_source(station.store, f"tin-{n}", most=500) for n in range(PORTALS))
    return sum(story.version for some in held for story in some)


class Pushes:
    """Posts notices and measures how long they take to the store and to the screens."""

    def __init__(self, station: Station, screens: Load) -> None:
        self._station, self._screens = station, screens
        self._random, self._never = Random(7), Event()

    def under(self, name: str, beside: _Text) -> Result:
        for _ in range(2):  # a warm-up
            self._push()
        counts = lag_counts(self._station)
        rounds = [self._push() for _ in range(ROUNDS)]
        last, middle, stored, lost = zip(*rounds, strict=True)
        lag = loop_lag(self._station, counts)
        return Result(name, list(last), list(middle), list(stored), sum(lost), beside(), lag)

    def _push(self) -> tuple[float, float, float, int]:
        self._never.wait(self._random.uniform(0.1, 0.3))
        self._screens.watch()
        now, began = datetime.now(UTC), monotonic_ns()
        posted = self._station.push(BOARD, "Bão đổ bộ chiều nay, không ra đường", now)
        stored = (monotonic_ns() - began) / 1e6
        there = self._screens.arrived(began)
        notices.clear(self._station.store, posted.id, actor=ACTOR, now=now + timedelta(seconds=1))
        late = [one * 1000 for one in there.seconds]
        return late[-1], percentile(late, 0.5), stored, there.lost


if __name__ == "__main__":
    print(run())
