"""Measures the CPU time of a worker that reads 1,000 sources which behave differently; `make bench`.

The sources are read every two minutes instead of every fifteen, so that the benchmark takes only a few minutes; the
share of a core at fifteen minutes is calculated from the CPU time of one reading.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from threading import Event
from time import monotonic

from bench._figures import table
from bench._hosts import BEHAVIOURS, HOSTS
from bench._marks import mark
from bench._peers import family_cpu_seconds
from server.store.database.engine import Database
from server.store.sources import sources

SOURCES = 1_000
EVERY_MINUTES = 2
SECONDS = 120
ROOT = Path(__file__).resolve().parents[1]


def run() -> str:
    with tempfile.TemporaryDirectory() as folder:
        hosts = subprocess.Popen(
            [sys.executable, "-m", "bench._hosts"], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        if hosts.stdout is None:
            raise RuntimeError("the hosts print no ports")
        ports = json.loads(hosts.stdout.readline())
        config = Path(folder) / "config.toml"
        config.write_text(_config(ports), encoding="utf-8")
        command = [sys.executable, "run.py", "--config", str(config), "--data", folder, "worker"]
        worker = subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)
        try:
            return _measured(worker.pid, Path(folder))
        finally:
            worker.terminate()
            worker.wait()
            hosts.kill()
            hosts.wait()


def _config(ports: list[int]) -> str:
    made = ['[fetch]\nallow_private = ["127.0.0.1"]\n[[areas]]\nslug = "tinh"\nname = "Tỉnh"\n']
    for n in range(SOURCES):
        made.append(
            f'[[sources]]\nslug = "s{n}"\nurl = "http://127.0.0.1:{ports[n % HOSTS]}/{n // 10}"\narea = "tinh"\n'
            f'trust = "auto"\nevery_minutes = {EVERY_MINUTES}\n'
        )
    return "\n".join(made)


def _measured(pid: int, folder: Path) -> str:
    never = Event()
    Database.open("sqlite:///bangtin.db", folder).migrate()
    first = monotonic()
    while not _tried(folder):
        never.wait(1)
    swept = monotonic() - first
    cpu, before, begun = family_cpu_seconds(pid), _tried_at(folder), monotonic()
    never.wait(SECONDS)
    spent, took = family_cpu_seconds(pid) - cpu, monotonic() - begun
    after = _tried_at(folder)
    readings = sum(after[slug] > before[slug] for slug in after)  # a source is read at most once in two minutes
    share = spent / max(1, readings) * SOURCES / (15 * 60)
    mark("sources", f"{share:.2f} cores", met=share < 1)
    failing = sum(share for name, share in BEHAVIOURS.items() if name in ("missing", "hanging", "nonsense"))
    rows: list[list[object]] = [
        [f"all {SOURCES:,} read for the first time", f"{swept:.0f} s"],
        [f"readings in {took:.0f} s at every {EVERY_MINUTES} minutes ({failing} % fail and back off)", readings],
        ["processor, worker and children", f"{spent:.1f} s = {spent / took:.2f} cores"],
        ["processor a reading", f"{spent / max(1, readings) * 1000:.1f} ms"],
        ["at every 15 minutes", f"{share:.3f} cores"],
    ]
    return f"## {SOURCES:,} sources, one worker\n\n" + table(("", ""), rows)


def _tried_at(folder: Path) -> dict[str, float]:
    db = Database.open("sqlite:///bangtin.db", folder)
    try:
        return {state.slug: state.last_try.timestamp() if state.last_try else 0.0 for state in sources.states(db)}
    finally:
        db.close()


def _tried(folder: Path) -> bool:
    tried = _tried_at(folder)
    return len(tried) == SOURCES and all(tried.values())


if __name__ == "__main__":
    print(run())
