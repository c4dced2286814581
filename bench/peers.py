"""Compares Bảng Tin with LibreSignage 0.9.0, a signage server on Flask whose screens poll every 2 s; `make bench`.

Both have the same number of screens, each with a key. Measured are the CPU time of the idle server, and the time
until each screen has the text of an urgent notice: for Bảng Tin from the moment at which an editor sends the form,
for LibreSignage only from the moment at which the notice is stored. Bảng Tin runs as a whole server with simulated
screens (server/simulate); LibreSignage is installed by pip in a virtual environment below bench/.built.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import median
from threading import Event
from time import monotonic

from bench._editor import Editor
from bench._figures import percentile, table
from bench._marks import mark
from bench._peers import BUILT, Process, Viewers, precise_cpu_seconds
from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from server.store.notices import notices
from tests.browser.storm import ONE_FACTOR, paired
from tests.cluster.cluster import meanwhile
from tests.station import ACTOR, Station, config_text, until

SCREENS = int(os.environ.get("BENCH_POLLERS", "200"))
ROUNDS = int(os.environ.get("BENCH_ROUNDS", "10"))
IDLE_SECONDS = float(os.environ.get("BENCH_IDLE", "20"))
# Rounds with Bảng Tin: they are short, so it gets more of them.
DRAWS = 4 * ROUNDS
BOARD = "hoi-truong"
PEER = "libresignage==0.9.0"
HOME = BUILT / "libresignage"
SHARE = 1 / 20


class NotInstalledError(Exception):
    """LibreSignage could not be installed; the text says why."""


@dataclass(frozen=True, slots=True)
class Figures:
    """The results of one product.

    ``arrivals`` are the seconds to every screen in every round; ``alone`` and ``idle`` are the shares of a core (0 to
    1) that the server takes without screens, and with ``SCREENS`` idle ones.
    """

    name: str
    arrivals: list[float]
    alone: float
    idle: float

    @property
    def added(self) -> float:
        """The share of a core (0 to 1) that one idle screen adds."""
        return (self.idle - self.alone) / SCREENS


def run() -> str:
    head = f"## Beside a server that is asked: {SCREENS} screens\n\n"
    try:
        python = installed()
    except NotInstalledError as reason:
        return f"{head}Not measured: {PEER} could not be installed ({reason}).\n"
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        theirs = _theirs(python, Path(folder, "theirs"), stack)
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        ours = _ours(Path(folder), stack)
    return head + _table(ours, theirs)


def _table(ours: Figures, theirs: Figures) -> str:
    urgent = median(ours.arrivals) / median(theirs.arrivals)
    idle = ours.added / theirs.added
    mark("peer-urgent", _ratio(urgent), met=urgent <= SHARE)
    mark("peer-idle", _ratio(idle), met=idle <= SHARE)
    rows: list[list[object]] = []
    for what, value in (
        ("urgent: the middle screen has it after, ms", lambda one: median(one.arrivals) * 1000),
        ("p99, ms", lambda one: percentile(one.arrivals, 0.99) * 1000),
        ("the last one at worst, ms", lambda one: max(one.arrivals) * 1000),
        ("processor an idle screen adds, millionths of a core", lambda one: one.added * 1e6),
        (f"the server with {SCREENS} idle screens, % of a core", lambda one: one.idle * 100),
        ("the server alone, % of a core", lambda one: one.alone * 100),
    ):
        rows.append(_row(what, value, ours, theirs))
    return table(("", ours.name, theirs.name, f"ratio (target <= 1/{1 / SHARE:g})"), rows)


def _row(what: str, value: Callable[[Figures], float], ours: Figures, theirs: Figures) -> list[object]:
    mine, peer = value(ours), value(theirs)
    return [what, f"{mine:.1f}", f"{peer:.1f}", _ratio(mine / peer) if "alone" not in what else ""]


def _ratio(value: float) -> str:
    return f"1/{1 / value:.0f}" if 0 < value < 1 else f"{value:.2f}"


# the peer


def installed() -> Path:
    """The Python of LibreSignage's virtual environment, made on first use. Raises NotInstalledError."""
    python = HOME / "bin" / "python"
    if not python.exists() or subprocess.run([python, "-c", "import libresignage, waitress"], check=False).returncode:
        _run(sys.executable, "-m", "venv", "--clear", str(HOME))
        _run(str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", PEER, "waitress>=3")
    return python


def _run(*command: str) -> None:
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise NotInstalledError((done.stderr.strip() or done.stdout.strip() or "no output").splitlines()[-1])


def _theirs(python: Path, folder: Path, stack: ExitStack) -> Figures:
    folder.mkdir()
    server = stack.enter_context(Process(str(python), "bench/_libre.py", str(folder), str(SCREENS)))
    there = json.loads(server.line())
    alone = _share(server.pid, Event().wait)
    screens = stack.enter_context(Viewers(sys.executable, "-m", "bench._pollers", str(there["port"])))
    screens.ask(json.dumps(there["screens"]))
    arrivals = []
    for _ in range(ROUNDS):
        arrivals += screens.round(server).seconds
        screens.round(server, "clear")
    return Figures(PEER.replace("==", " "), arrivals, alone, _share(server.pid, Event().wait))


# ours


def _ours(folder: Path, stack: ExitStack) -> Figures:
    station = Station.of(folder, config_text([BOARD]) + ONE_FACTOR)
    stack.callback(station.close)
    station.start(worker=False)
    assert station.server is not None
    pid = station.server.pid
    station.announce(BOARD, "Tin số 1", station.now(BOARD))
    identities = [Identity(BOARD, screen, key) for screen, key in paired(station, BOARD, SCREENS, "Màn hình")]
    until(lambda: station.get("/desk/login")[0] == 200, "the desk answers")
    editor = Editor(station, station.now(BOARD))
    Event().wait(2)  # the start has settled
    alone = _share(pid, Event().wait)
    crowd = stack.enter_context(Crowd(station.address, identities, monotonic=monotonic))
    assert crowd.run_until(lambda: crowd.in_step() == SCREENS, 60), "not all screens are in step"
    phase = Random(7)
    arrivals = []
    for number in range(DRAWS):
        crowd.run_until(lambda: False, phase.uniform(0.1, 0.3))
        arrivals += _push(station, editor, crowd, number)
    return Figures("Bảng Tin", arrivals, alone, _share(pid, lambda seconds: crowd.run_until(lambda: False, seconds)))


def _push(station: Station, editor: Editor, crowd: Crowd, number: int) -> list[float]:
    """Posts one urgent notice and clears it again; returns the seconds until each screen had it."""
    posted, begun = meanwhile(crowd, lambda: editor.post_urgent(f"Bão số {number} đổ bộ chiều nay", BOARD))
    there, arrivals = (BOARD, str(posted)), crowd.report.arrivals
    assert crowd.run_until(lambda: len(arrivals.get(there, ())) == SCREENS, 60), "the notice did not reach all"
    notices.clear(station.store, posted, actor=ACTOR, now=station.now(BOARD))
    assert crowd.run_until(lambda: not any(one.notices for one in crowd.screens), 60), "it was not cleared on all"
    return [at - begun for at in arrivals[there]]


def _share(pid: int, wait: Callable[[float], object]) -> float:
    """The share of a core (0 to 1) that a process takes during ``wait``, which is called with ``IDLE_SECONDS``."""
    before, begun = precise_cpu_seconds(pid), monotonic()
    wait(IDLE_SECONDS)
    return (precise_cpu_seconds(pid) - before) / (monotonic() - begun)


if __name__ == "__main__":
    print(run())
