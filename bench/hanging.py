"""Measures how late `slide` messages arrive while 20 news sources never respond, and without them; `make bench`."""

from __future__ import annotations

import socket
import tempfile
from contextlib import ExitStack
from pathlib import Path
from time import monotonic, time

from bench._figures import percentile, table
from tests.station import Feed, Station, config_text
from tests.swarm import Swarm

BOARDS = [f"bang-{n}" for n in range(20)]
HANGING = 20
SECONDS = 60
AHEAD = 1_500  # milliseconds by which the server sends a `slide` message before its slide begins


def run() -> str:
    with ExitStack() as stack:
        hosts = [stack.enter_context(socket.create_server(("127.0.0.1", 0))) for _ in range(HANGING)]
        feeds = [Feed(f"treo-{n}", f"http://127.0.0.1:{host.getsockname()[1]}/") for n, host in enumerate(hosts)]
        rows = []
        for name, wanted in (("none", []), (f"{HANGING} sources hang", feeds)):
            late = _late(wanted)
            rows.append([name, len(late), percentile(late, 0.5), percentile(late, 0.99), max(late)])
    head = ("", "ticks", "p50 ms", "p99 ms", "worst ms")
    return "## Ticks of the rotation while sources hang\n\nMilliseconds after they were due.\n\n" + table(head, rows)


def _late(feeds: list[Feed]) -> list[float]:
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        station = Station.of(Path(folder), config_text(BOARDS, feeds))
        stack.callback(station.close)
        station.start()
        for board in BOARDS:
            for n in range(2):
                station.announce(board, f"Tin số {n}", station.now(board))
        swarms = [stack.enter_context(Swarm(station.port, board, 1)).connect() for board in BOARDS]
        skew, begun = time() - monotonic(), monotonic()
        while monotonic() - begun < SECONDS:
            for swarm in swarms:
                swarm.read(0.0005)
        ticks = [one for swarm in swarms for one in swarm.clients[0].events("slide")]
        # The first messages are left out: their slides began too soon after the lap was made to be announced in time.
        fresh = [one for one in ticks if one.at > begun + 15]
        return [(one.at + skew) * 1000 - (one.payload["at"] - AHEAD) for one in fresh]


if __name__ == "__main__":
    print(run())
