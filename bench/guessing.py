"""Measures how fast the desk's page of urgent notices opens while 100 addresses guess passwords; `make bench`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import monotonic

from bench._figures import percentile, table
from bench._marks import mark
from server.core.policy import Grant
from server.store.people import people
from tests.desk.visitor import Visitor
from tests.paths import ROOT
from tests.station import Station, config_text

BOARD = "xa-minh-tan"
ADDRESSES = int(os.environ.get("BENCH_GUESSERS", "100"))
SECONDS = float(os.environ.get("BENCH_GUESSING", "30"))


def run() -> str:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        text = config_text([BOARD]).replace("[server]\n", "[server]\nproxies = 1\n")
        station = Station.of(Path(folder), text + "\n[people]\nsecond_factor = false\n")
        stack.callback(station.close)
        station.start(worker=False)
        now = station.now(BOARD)
        people.add(station.store, username="lan", name="Lan", email="lan@x.vn", actor="os:root", now=now)
        people.grant(station.store, "lan", Grant("editor", BOARD), by=None, actor="os:root", now=now)
        editor = Visitor(station).sign_in("lan")
        rows = [_row("nobody guesses", _opened(editor, SECONDS / 3), "")]
        guessers = subprocess.Popen(
            [sys.executable, "-m", "bench._guessers", str(station.port), str(ADDRESSES)],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        opened = _opened(editor, SECONDS)
        told, _ = guessers.communicate("")
        rows.append(_row(f"{ADDRESSES} addresses guess", opened, told.strip()))
    mark("guessing", f"{max(opened):.0f} ms", met=max(opened) < 1000)
    head = ("", "pages", "p50 ms", "p99 ms", "worst ms", "answers to guesses")
    return "## The urgent page while passwords are guessed\n\n" + table(head, rows)


def _row(name: str, opened: list[float], told: str) -> list[object]:
    return [name, len(opened), percentile(opened, 0.5), percentile(opened, 0.99), max(opened), told]


def _opened(editor: Visitor, seconds: float) -> list[float]:
    """Opens the page of urgent notices again and again for ``seconds``; returns the milliseconds of each opening."""
    found, until = [], monotonic() + seconds
    while monotonic() < until:
        begun = monotonic()
        answer = editor.get("/desk/urgent/")
        assert answer.status == 200, answer.status
        found.append((monotonic() - begun) * 1000)
    return found


if __name__ == "__main__":
    print(run())
