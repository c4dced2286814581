"""Measures how many milliseconds a warning takes from the answer of a poll to the last of N screens; `make bench`.

A real server and worker, a CAP index and its documents on this machine, raw sockets as screens. The index holds
BENCH_ALERTS older warnings of other places, as the feed of a whole country does. For comparison, a notice that is
posted in the store goes to the same screens.
"""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import median
from time import monotonic

from bench._figures import table
from bench._marks import mark
from server.setup.nudge import tell_servers
from server.store.sources import sources
from tests.station import Station, config_text
from tests.swarm import Swarm
from tests.worker.harvest.alert_site import Cap, Site, serving

BOARD = "hoi-truong"
SCREENS = int(os.environ.get("BENCH_CROWD", "1000"))
OLDER = int(os.environ.get("BENCH_ALERTS", "100"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
TARGET_SECONDS = 2.0
ELSEWHERE = "<geocode><valueName>ISO 3166-2</valueName><value>VN-01</value></geocode>"


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, serving() as site:
        older = [Cap(f"cu-{n}", _sent(n), headline=f"Mưa lớn số {n}", place=ELSEWHERE) for n in range(OLDER)]
        site.publish(*older)
        station = Station.of(Path(folder), _config(site)).start()
        try:
            with Swarm(station.port, BOARD, SCREENS).connect() as swarm:
                swarm.pump(lambda: sources.states(station.store)[0].last_good is not None, 60, "the first poll")
                warned = [_warn(station, site, swarm, older, number) for number in range(1, ROUNDS + 1)]
                posted = [_post(station, swarm, number) for number in range(ROUNDS + 1, 2 * ROUNDS + 1)]
        finally:
            station.close()
    worst = max(warned)
    mark("warning", f"{worst:.2f} s", met=worst <= TARGET_SECONDS)
    rows: list[list[object]] = [
        [
            "a warning, from the answer of the poll",
            median(warned) * 1000,
            worst * 1000,
            f"<= {TARGET_SECONDS * 1000:g}",
        ],
        ["a notice, from the store", median(posted) * 1000, max(posted) * 1000, ""],
    ]
    return (
        f"## A warning of the state, from the poll to every screen\n\n{SCREENS:,} screens of one board, an index "
        f"with {OLDER} older warnings, {ROUNDS} rounds; until the last screen has it:\n\n"
        f"{table(('', 'median ms', 'worst ms', 'target of the worst'), rows)}"
    )


def _sent(minutes: int) -> datetime:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).replace(microsecond=0)


def _config(site: Site) -> str:
    text = config_text([BOARD]).replace('name = "Tỉnh Hưng Yên"', 'name = "Tỉnh Hưng Yên"\ncodes = ["VN-66"]')
    return text + (
        f'\n[[sources]]\nslug = "canh-bao"\nkind = "cap"\nurl = "{site.address}/index.xml"\narea = "tinh"\n'
        f'alerts = "live"\nevery_minutes = 1\n[alerts]\nflood_count = {min(1000, OLDER + ROUNDS + 1)}\n'
    )


def _warn(station: Station, site: Site, swarm: Swarm, older: list[Cap], number: int) -> float:
    """Seconds from the poll's answer, which has one new warning, to the last screen's `notice`."""
    warning = Cap(f"bao-{number}", _sent(0), headline=f"Bão số {number} vào Hưng Yên")
    site.publish(warning, *older)
    with site.lock:
        asked = len(site.asked)
    sources.due_now(station.store, "canh-bao", now=datetime.now(UTC), forget_last_try=True)
    swarm.pump(lambda: swarm.all_heard("notice", number), 60, "the warning")
    with site.lock:
        answered = site.asked_at[site.asked.index("/index.xml", asked)]
    return max(client.events("notice")[number - 1].at for client in swarm.clients) - answered


def _post(station: Station, swarm: Swarm, number: int) -> float:
    """Seconds from a notice's commit in the store to the last screen's `notice`."""
    station.push(BOARD, f"Lũ số {number} lên nhanh, không ra đường", station.now(BOARD))
    begun = monotonic()
    tell_servers(station.data, "", lambda: 0)  # as `run.py urgent` does
    swarm.pump(lambda: swarm.all_heard("notice", number), 60, "the notice")
    return max(client.events("notice")[number - 1].at for client in swarm.clients) - begun


if __name__ == "__main__":
    print(run())
