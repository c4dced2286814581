"""Measures how soon the guard restores a screen's page after a browser process died or hung; `make bench`.

The guard is the program that watches the browser of a screen; it runs here with its real intervals.
"""

from __future__ import annotations

import os
import signal
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import monotonic

from bench._figures import table
from bench._marks import mark
from display.guard.chromium import renderers
from tests.display.guard.test_guard import Watched
from tests.display.guard.web_host import Host
from tests.station import until

TIMES = 2
LIMIT = 30.0
# The guard delays its next restart of a browser that dies repeatedly; in this order none dies often enough for that.
CASES: tuple[tuple[str, signal.Signals, Callable[[Watched], list[int]]], ...] = (
    ("the renderer is killed", signal.SIGKILL, lambda watched: renderers(watched.browser())),
    ("the renderer hangs", signal.SIGSTOP, lambda watched: renderers(watched.browser())),
    ("the whole browser hangs", signal.SIGSTOP, lambda watched: [watched.browser()]),
    ("the whole browser is killed", signal.SIGKILL, lambda watched: [watched.browser()]),
)


def run() -> str:
    rounds = [_round() for _ in range(TIMES)]
    slowest = max(seconds for one in rounds for seconds in one)
    mark("guard", f"{slowest:.0f} s", met=slowest <= LIMIT)
    rows = [
        [f"{name} (limit {LIMIT:g})", min(seconds), max(seconds)]
        for (name, _, _), *seconds in zip(CASES, *rounds, strict=True)
    ]
    return "## A screen under its guard: seconds until the page is loaded again\n\n" + table(
        ("", "best", "worst"), rows
    )


def _round() -> list[float]:
    host = Host()
    with tempfile.TemporaryDirectory() as folder:
        watched = Watched(host.address, Path(folder))
        try:
            until(lambda: host.loads == 1, "the page")
            return [_gone(host, watched, number, target) for _, number, target in CASES]
        finally:
            watched.end()
            host.close()


def _gone(host: Host, watched: Watched, number: signal.Signals, target: Callable[[Watched], list[int]]) -> float:
    """Sends the signal ``number`` to the processes of ``target``; returns the seconds until the page loads again."""
    loads = host.loads
    pids = until(lambda: target(watched), "a process to signal")
    begun = monotonic()
    for pid in pids:
        os.kill(pid, number)
    until(lambda: host.loads > loads, "the page again")
    return monotonic() - begun


if __name__ == "__main__":
    print(run())
