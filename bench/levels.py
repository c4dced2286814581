"""Measures what a province's server costs that communes poll, and how fast its notices go down; `make bench`.

One real province (server with desk, and worker) and two real communes on this machine, five screens each, which have
subscribed at the province's hub; the other communes are light pollers (bench/_level_pollers.py). All is measured
without the pollers, then with them.
"""

from __future__ import annotations

import os
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median
from time import monotonic

from bench._figures import table
from bench._marks import mark
from bench._peers import Process, family_cpu_seconds
from server.setup.nudge import tell_servers
from server.store.levels import pushes
from server.store.notices import notices
from tests.ports import free_port
from tests.station import ACTOR, PATIENCE, Station, until
from tests.swarm import Swarm
from tests.worker.levels.real_servers import Reading, Shown, config, post, start_all, urgent

POLLERS = int(os.environ.get("BENCH_POLLERS", "104"))
SECONDS = float(os.environ.get("BENCH_IDLE", "60"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "7"))
POSTINGS = 20  # so few that the state of a board is one message, which tests.swarm reads
SCREENS = 5  # of each of the two communes
MOST_SHARE, MOST_SECONDS = 0.05, 3.0
COMMUNES, MINUTE = 104, 60.0
COMMUNE_AREAS = ("xa", "xa-hai")


@dataclass(frozen=True, slots=True)
class Figures:
    """Shares of a core (0 to 1) that the province takes, and the seconds of each notice to the last screen.

    ``server`` (with the desk) and ``worker`` while nothing changes, ``busy`` the server while notices are posted.
    """

    server: float
    worker: float
    busy: float
    arrivals: list[float]


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        province, communes = _servers(Path(folder), stack)
        swarms = [stack.enter_context(_screens(one)) for one in communes]
        alone = _measured(province, swarms, "Bão số")
        pollers = stack.enter_context(
            Process(
                sys.executable, "-m", "bench._level_pollers", province.address, "tinh", str(POLLERS), str(SECONDS)
            )
        )
        pollers.line()
        pollers.ask("forget")
        polled = _measured(province, swarms, "Lũ số")
        answers = [int(one) for one in pollers.ask("count").split()]
    return _told(alone, polled, answers)


def _servers(folder: Path, stack: ExitStack) -> tuple[Station, list[Station]]:
    """The province, with content, and the communes, which have read it and subscribed at its hub."""
    province = _station(folder / "tinh", "tinh", [])
    communes = [
        _station(folder / area, area, [Reading("tu-tinh", province.address, area, 1.0)]) for area in COMMUNE_AREAS
    ]
    for one in (province, *communes):
        stack.callback(one.close)
    start_all((province, *communes))
    for number in range(POSTINGS):
        post(province, f"Niêm yết số {number}", "tinh", text="Mời bà con xem. " * 10)
    for one in communes:
        until(partial(_has_subscribed, one), "the commune has subscribed")
    return province, communes


def _has_subscribed(commune: Station) -> bool:
    return any(push.leased_until for push in pushes.all(commune.store))


def _station(folder: Path, area: str, readings: list[Reading]) -> Station:
    port = free_port()
    one = Station.of(folder, config(f"http://localhost:{port}", {"bang": Shown(area)}, readings))
    one.port = port
    return one


def _screens(commune: Station) -> Swarm:
    now = commune.now("bang")
    paired = [commune.pair("bang", now) for _ in range(SCREENS)]
    return Swarm(commune.port, "bang", SCREENS, [(one.screen, one.key) for one in paired]).connect()


def _measured(province: Station, swarms: Sequence[Swarm], headline: str) -> Figures:
    assert province.server is not None
    assert province.worker is not None
    pids = (province.server.pid, province.worker.pid)
    before, begun = [family_cpu_seconds(pid) for pid in pids], monotonic()
    while monotonic() < begun + SECONDS:
        _read(swarms)
    server, worker = (
        (family_cpu_seconds(pid) - used) / (monotonic() - begun) for pid, used in zip(pids, before, strict=True)
    )
    used, begun = family_cpu_seconds(pids[0]), monotonic()
    arrivals = [_notice(province, swarms, f"{headline} {number}") for number in range(ROUNDS)]
    busy = (family_cpu_seconds(pids[0]) - used) / (monotonic() - begun)
    return Figures(server, worker, busy, arrivals)


def _notice(province: Station, swarms: Sequence[Swarm], headline: str) -> float:
    """Posts an urgent notice at the province and ends it again; returns the seconds until the last screen had it."""
    before = {word: [_heard(one, word) for one in swarms] for word in ("notice", "clear")}

    def wait(word: str) -> None:
        deadline = monotonic() + PATIENCE
        while not all(one.all_heard(word, count + 1) for one, count in zip(swarms, before[word], strict=True)):
            assert monotonic() < deadline, f"{headline}: no {word} on all screens"
            _read(swarms)

    begun = monotonic()
    posted = urgent(province, headline, "tinh")
    tell_servers(province.data, "", lambda: 0)  # as `run.py urgent` does
    wait("notice")
    arrived = max(client.events("notice")[-1].at for one in swarms for client in one.clients)
    notices.clear(province.store, posted.id, actor=ACTOR, now=province.now("bang"))
    wait("clear")
    return arrived - begun


def _heard(swarm: Swarm, word: str) -> int:
    return len(swarm.clients[0].events(word))


def _read(swarms: Sequence[Swarm]) -> None:
    for one in swarms:
        one.read(0.01)


def _told(alone: Figures, polled: Figures, answers: Sequence[int]) -> str:
    new, unchanged, failed, size = answers
    assert not failed, f"{failed} polls failed"
    # What the pollers add, at the rate of 104 communes that ask once a minute.
    added = max(0.0, polled.server - alone.server) * (COMMUNES / POLLERS) * (SECONDS / MINUTE)
    share = alone.server + added
    last = max(polled.arrivals)
    mark("levels-polls", f"{share * 100:.1f} %", met=share < MOST_SHARE)
    mark("levels-urgent", f"{last:.2f} s", met=last <= MOST_SECONDS)
    rows: list[list[object]] = []
    for what, without, with_pollers in (
        ("server and desk, % of a core, nothing changes", alone.server * 100, polled.server * 100),
        ("server and desk, % of a core, notices come and end", alone.busy * 100, polled.busy * 100),
        ("worker, % of a core, nothing changes", alone.worker * 100, polled.worker * 100),
        (
            "urgent: on the last of ten screens, median ms",
            median(alone.arrivals) * 1000,
            median(polled.arrivals) * 1000,
        ),
        ("urgent: at worst, ms", max(alone.arrivals) * 1000, last * 1000),
    ):
        rows.append([what, f"{without:.2f}", f"{with_pollers:.2f}", f"{with_pollers / without:.2f}"])
    told = (
        f"Each asks once in {SECONDS:g} s (the worker: in {MINUTE:g} s), conditionally, for the document and a feed "
        f"of {POSTINGS} postings: {new} answers were new ({size / 1000:.0f} kB), {unchanged} unchanged. Two real "
        f"communes with {SCREENS} screens each have subscribed; {ROUNDS} notices."
    )
    result = (
        f"At {COMMUNES} communes once a minute, server and desk take {share * 100:.2f} % of a core (target < "
        f"{MOST_SHARE * 100:g} %), {added * 100:.2f} % of it for the polls; the last screen has a notice after "
        f"{last:.2f} s at worst (target <= {MOST_SECONDS:g} s)."
    )
    head = ("", "no pollers", f"{POLLERS} pollers", "ratio")
    return f"## A province polled by {POLLERS} communes\n\n{told}\n\n{table(head, rows)}\n{result}\n"


if __name__ == "__main__":
    print(run())
