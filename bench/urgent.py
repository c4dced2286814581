"""Measures how many milliseconds a stored urgent notice takes to N raw sockets and to the page of one Chromium.

For comparison, a bare loop (bench/_bare.py) sends the same number of bytes to N sockets.
"""

from __future__ import annotations

import selectors
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import monotonic, time

from playwright.sync_api import sync_playwright

from bench._figures import percentile, table
from server.setup.nudge import tell_servers
from server.store.notices import notices
from tests.browser.glass import Glass, chromium
from tests.paths import ROOT
from tests.station import ACTOR, Station, config_text
from tests.swarm import Swarm

BOARD = "hoi-truong"
COUNTS = (1_000, 5_000)
ROUNDS = 7
# Records by notice id when it is visible: after the frame in which it was inserted.
_WATCH = """() => { window.painted = {}; new MutationObserver(() => {
  const id = document.querySelector('[data-notice]')?.dataset.notice;
  if (id && !(id in window.painted)) requestAnimationFrame(() => setTimeout(() => {
    window.painted[id] ??= performance.timeOrigin + performance.now(); }, 0));
}).observe(document.getElementById('notices'), { childList: true, subtree: true }); }"""


def run() -> str:
    rows = [_measure(count) for count in COUNTS]
    head = (
        "sockets", "p50 ms", "p99 ms", "last ms", "first to last ms", "bare loop ms", "ratio", "on the glass ms",
    )  # fmt: skip
    return "## Urgent notice, from the store to every screen\n\n" + table(head, rows)


def _measure(count: int) -> list[object]:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        station = Station.of(Path(folder), config_text([BOARD])).start(worker=False)
        try:
            with chromium(driver.chromium, Path(folder, "profile")) as context:
                glass = Glass(context.pages[0], station, BOARD).open()
                glass.wait_for('html[data-link="live"]')
                glass.page.evaluate(_WATCH)
                with Swarm(station.port, BOARD, count).connect() as swarm:
                    found = [_push(station, swarm, glass, number) for number in range(1, ROUNDS + 1)]
                    size = len(swarm.clients[0].events("notice")[0].text) + 20
        finally:
            station.close()
    bare = median(_bare(count, size))
    p50, p99, last, spread, painted = (median(one[at] for one in found) for at in range(5))
    return [count, p50, p99, last, spread, bare, f"{spread / bare:.2f}", painted]


def _push(station: Station, swarm: Swarm, glass: Glass, number: int) -> tuple[float, ...]:
    now = station.now(BOARD)
    posted = station.push(BOARD, f"Bão số {number} đổ bộ chiều nay, không ra đường", now)
    begun, wall = monotonic(), time() * 1000
    tell_servers(station.data, "", lambda: 0)  # as `run.py urgent` does
    swarm.pump(lambda: swarm.all_heard("notice", number), 60, "the notice")
    took = [(client.events("notice")[number - 1].at - begun) * 1000 for client in swarm.clients]
    glass.wait_for(f'[data-notice="{posted.id}"]')
    glass.page.wait_for_timeout(200)
    painted = glass.page.evaluate("(id) => window.painted[id]", str(posted.id)) - wall
    notices.clear(station.store, posted.id, actor=ACTOR, now=now)
    swarm.pump(lambda: swarm.all_heard("clear", number), 60, "the clearing")
    return percentile(took, 0.5), percentile(took, 0.99), max(took), max(took) - min(took), painted


def _bare(count: int, size: int) -> list[float]:
    """Milliseconds from the first to the last arrival of each round, sent by the bare loop to ``count`` sockets."""
    command = [sys.executable, "-m", "bench._bare", str(count), str(size)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as sender:
        assert sender.stdin
        assert sender.stdout
        port = int(sender.stdout.readline())
        selector = selectors.DefaultSelector()
        peers = [socket.create_connection(("127.0.0.1", port)) for _ in range(count)]
        for peer in peers:
            selector.register(peer, selectors.EVENT_READ)
        spans = []
        for _ in range(ROUNDS):
            sender.stdin.write("go\n")
            sender.stdin.flush()
            left: dict[object, int] = dict.fromkeys(peers, size)
            at: list[float] = []
            while left:
                for key, _events in selector.select(5):
                    assert isinstance(key.fileobj, socket.socket)
                    left[key.fileobj] -= len(key.fileobj.recv(1 << 16))
                    if left[key.fileobj] == 0:
                        del left[key.fileobj]
                        at.append(monotonic())
            spans.append((at[-1] - at[0]) * 1000)
        for peer in peers:
            peer.close()
        sender.stdin.close()
    return spans


if __name__ == "__main__":
    print(run())
