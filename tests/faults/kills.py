"""Kills the server at random moments under load and checks that no acknowledged notice is lost; used by test_kills.

``python -m tests.faults.kills --store sqlite --rounds 200 --out FILE`` appends one JSON line per kill and continues
where FILE ends, so that a long run can be interrupted.
"""

from __future__ import annotations

import argparse
import json
import secrets
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic

from server.store.database.engine import Database
from server.store.database.errors import StoreError, StoreRefusal
from server.store.notices import notices
from tests.faults.supervised import SupervisedStation
from tests.postgres import running
from tests.station import ACTOR, Station, config_text

BOARDS = ("hoi-truong", "cho-moi", "ben-xe")
LIMIT = 10.0  # the most seconds from the first answer after a restart until all boards have all acknowledged notices
KEPT = 6  # notices on air of each editor; older ones are cleared
_GIVE_UP = 60.0


@dataclass(frozen=True, slots=True)
class Kill:
    """The result of one kill.

    ``started``: seconds until the next server answered; ``caught_up``: seconds from then until every board showed all
    acknowledged notices; ``acknowledged``: the number of notices posted with success; ``missing``: what was still
    wrong when the test gave up.
    """

    started: float
    caught_up: float
    acknowledged: int
    missing: tuple[str, ...] = ()

    @property
    def late(self) -> bool:
        return self.caught_up > LIMIT


@dataclass
class Editors:
    """Threads that post and clear urgent notices of every board without a pause, whether a server runs or not.

    ``on_air`` maps each board to its acknowledged notices, and these to the monotonic time of their posting.
    ``acknowledged`` counts all that were posted with success.
    """

    station: Station
    on_air: dict[str, dict[str, float]] = field(default_factory=lambda: {board: {} for board in BOARDS})
    acknowledged: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _stopping: threading.Event = field(default_factory=threading.Event)
    _threads: list[threading.Thread] = field(default_factory=list)

    def start(self) -> None:
        for board in BOARDS:
            thread = threading.Thread(target=self._run, args=(board,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def stop(self) -> None:
        self._stopping.set()
        for thread in self._threads:
            thread.join(30)

    def _run(self, board: str) -> None:
        number = 0
        while not self._stopping.wait(0.05):
            number += 1
            try:
                self._act(board, number)
            except (StoreError, StoreRefusal):
                continue  # not acknowledged

    def _act(self, board: str, number: int) -> None:
        now = _now()
        posted = self.station.push(board, f"Tin số {number} của {board}", now)
        with self._lock:
            self.on_air[board][str(posted.id)] = monotonic()
            self.acknowledged += 1
            oldest = next(iter(self.on_air[board])) if len(self.on_air[board]) > KEPT else None
            if oldest is not None:
                del self.on_air[board][oldest]
        if oldest is not None:
            notices.clear(self.station.store, int(oldest), actor=ACTOR, now=_now())

    def wanted(self) -> dict[str, set[str]]:
        """Board -> numbers of the acknowledged notices on air."""
        with self._lock:
            return {board: set(mine) for board, mine in self.on_air.items()}


def _now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251 - the real clock, as a command reads it


def one_kill(station: Station, after: float) -> Kill:
    """Posts notices for ``after`` seconds, kills and restarts the server, and waits for all acknowledged notices."""
    editors = Editors(station)
    editors.start()
    threading.Event().wait(after)
    station.kill9_server()
    began = monotonic()
    station.restart()
    answered = monotonic()
    editors.stop()
    wanted = editors.wanted()
    missing: tuple[str, ...] = ()
    while monotonic() - answered < _GIVE_UP:
        missing = tuple(_missing(station, wanted))
        if not missing:
            break
        threading.Event().wait(0.05)
    caught_up = monotonic() - answered
    for mine in wanted.values():
        for id in mine:
            notices.clear(station.store, int(id), actor=ACTOR, now=_now())
    return Kill(round(answered - began, 2), round(caught_up, 2), editors.acknowledged, missing)


def _missing(station: Station, wanted: dict[str, set[str]]) -> Iterator[str]:
    for board, ids in wanted.items():
        status, body = station.get(f"/glass/state?board={board}")
        if status != 200:
            yield f"{board}: {status}"
            continue
        shown = {one["id"] for one in json.loads(body)["notices"]}
        yield from (f"{board}: {id}" for id in sorted(ids - shown))


@contextmanager
def station_on(store: str, folder: Path, *, supervised: bool = True) -> Iterator[Station]:
    """A running server and worker on a new store.

    ``store`` is ``sqlite`` or ``postgres``. ``supervised``: `run.py` starts both and restarts them.
    """
    kind = SupervisedStation if supervised else Station
    if store == "sqlite":
        yield from _station(kind, folder, "sqlite:///bangtin.db")
        return
    with running() as postgres:
        yield from _station(kind, folder, postgres.create("kills"))


def _station(kind: type[Station], folder: Path, url: str) -> Iterator[Station]:
    station = kind.of(folder, config_text(BOARDS) + f'\n[store]\nurl = "{url}"\n').start()
    station._db = Database.open(url, station.data)
    try:
        yield station
    finally:
        station.close()


def moments(rounds: int) -> Iterator[float]:
    """Yields for each round the seconds of load before the kill: random, less than two."""
    for _ in range(rounds):
        yield secrets.randbelow(2_000) / 1000


def main() -> None:
    asked = argparse.ArgumentParser()
    asked.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    asked.add_argument("--rounds", type=int, default=200)
    asked.add_argument("--out", type=Path, required=True)
    asked.add_argument("--alone", action="store_true", help="without the supervisor: started again by the test")
    given = asked.parse_args()
    done = given.out.read_text().splitlines() if given.out.exists() else []
    with (
        tempfile.TemporaryDirectory() as folder,
        station_on(given.store, Path(folder), supervised=not given.alone) as station,
    ):
        for after in moments(given.rounds - len(done)):
            kill = one_kill(station, after)
            done.append(json.dumps(asdict(kill)))
            with given.out.open("a") as out:
                out.write(done[-1] + "\n")
            if kill.late:
                (given.out.parent / f"late-{len(done)}.log").write_text(station.log())
    late = sum(json.loads(line)["caught_up"] > LIMIT for line in done)
    print(f"{given.store}: {len(done)} kills, {late} later than {LIMIT:g} s")
    sys.exit(bool(late))


if __name__ == "__main__":
    main()
