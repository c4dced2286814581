"""Measures one message to N clients: this product, a bare loop in C, Node's socket.io and Flask-SocketIO alone.

All have the same clients and the same payload of 1,500 bytes, without compression. `make bench`, or
`python -m bench fanout [--short]`.
"""

from __future__ import annotations

import json
import os
import resource
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from queue import Empty
from statistics import median
from time import monotonic, sleep

from bench import _plots
from bench._figures import percentile, table
from bench._marks import mark
from bench._peers import SILENCE, Load, Process, peer

COUNTS = tuple(int(one) for one in os.environ.get("BENCH_SCREENS", "500,2000,10000").split(","))
PEERS = tuple(os.environ.get("BENCH_PEERS", "bare,node,stock,direct").split(","))
ROUNDS = 9
IDLE_SECONDS = 12
NAMES = {"bare": "bare C loop", "node": "Node socket.io", "stock": "Flask-SocketIO", "direct": "Bảng Tin",
         "plain": 'Bảng Tin, fanout = "stock"'}  # fmt: skip
OURS = ("direct", "plain")
SPARE_FILES = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """The results of one server (``peer``) with ``count`` clients.

    ``last`` and ``p99`` are the seconds of each round until the last client, or 99 % of them, had the message.
    ``cpu`` is in seconds a client and message, ``kib`` is memory a client, ``connects`` is connections a second.
    ``storm`` is the seconds until all had reconnected after they disconnected at the same time, None if that took
    more than two minutes. ``idle`` is the share of a core without messages. ``clients`` is lower than ``count`` if
    the system does not allow more open files.
    """

    peer: str
    count: int
    clients: int
    last: list[float]
    p99: list[float]
    cpu: float
    kib: float
    connects: float
    storm: float | None
    idle: float
    lost: int
    doubled: int


def measure(name: str, count: int) -> Figures:
    clients = min(count, _allowed()) if name == "stock" else count
    server, port = peer(name, count=clients)
    with server:
        empty = server.memory()
        with Load(port, clients, raw=name == "bare") as load:
            sleep(0.5)
            kib = (server.memory() - empty) / clients
            load.round(server)  # a warm-up
            before = server.cpu()
            rounds = [load.round(server) for _ in range(ROUNDS)]
            cpu = (server.cpu() - before) / ROUNDS / clients
            # The bare loop sends no pings, and accepts no reconnects.
            idle = 0.0 if name == "bare" else _idle(server)
            storm = 0.0 if name == "bare" else _storm(name, load)
    return Figures(
        name, count, clients, [one.seconds[-1] for one in rounds], [percentile(one.seconds, 0.99) for one in rounds],
        cpu, kib, clients / load.connected, storm, idle,
        sum(one.lost for one in rounds), sum(one.doubled for one in rounds),
    )  # fmt: skip


def _allowed() -> int:
    """How many clients Flask-SocketIO alone can serve: simple-websocket opens a second file for each connection."""
    return (resource.getrlimit(resource.RLIMIT_NOFILE)[1] - SPARE_FILES) // 2


def _storm(name: str, load: Load) -> float | None:
    """Seconds until all clients have reconnected, at most ``SILENCE``.

    If that takes longer, returns None for another product's server and raises queue.Empty for ours.
    """
    try:
        return load.storm()
    except Empty:
        if name in OURS:
            raise
        return None


def _idle(server: Process) -> float:
    """The share of a core (0 to 1) that the server takes while it sends nothing but pings."""
    begun, before = monotonic(), server.cpu()
    sleep(IDLE_SECONDS)
    return (server.cpu() - before) / (monotonic() - begun)


_RESULTS: list[Figures] = []


def run() -> str:
    tried = {(name, count): _tried(name, count) for count in COUNTS for name in PEERS}
    found = _RESULTS[:] = [one for one in tried.values() if one is not None]
    keep(found)
    _mark({one.peer: one for one in found if one.count == max(COUNTS)})
    tables = "\n".join(_table(found, count) for count in COUNTS)
    silent = [f"{NAMES[name]} with {count:,}" for (name, count), one in tried.items() if one is None]
    more = f"\nGave no answer for two minutes: {'; '.join(silent)}.\n" if silent else ""
    return f"## One message to N clients\n\n{tables}{more}"


def _tried(name: str, count: int) -> Figures | None:
    """Measures the server ``name`` with ``count`` clients.

    If the server stops answering, returns None for another product's server and raises queue.Empty for ours.
    """
    try:
        return measure(name, count)
    except Empty:
        if name in OURS:
            raise
        return None


def _mark(at: dict[str, Figures]) -> None:
    """Records the results for the targets; ``at`` maps a server's key to its figures with the most clients."""
    ours = at.get("direct")
    if ours is None:
        return
    last = median(ours.last)
    if "bare" in at:
        ratio = last / median(at["bare"].last)
        mark("fanout-bare", f"{ratio:.2f} x", met=ratio <= 1.5)
    mark("lost", f"{ours.lost}, {ours.doubled}", met=not ours.lost and not ours.doubled)
    mark("memory", f"{ours.kib:.1f} KiB", met=ours.kib <= 10)
    assert ours.storm is not None
    mark("return", f"{ours.storm:.1f} s", met=ours.storm <= 10)
    mark("idle", f"{ours.idle * 100:.1f} % at {ours.count:,}", met=ours.idle <= 0.01)
    if "node" in at:
        node = at["node"]
        for key, ratio, most in (
            ("fanout-node", last / median(node.last), 0.8),
            ("memory-node", ours.kib / node.kib, 0.65),
            ("return-node", ours.storm / (node.storm or SILENCE), 1.0),
        ):
            mark(key, f"{ratio:.2f} x", met=ratio <= most)


def draw(folder: Path) -> str:
    """Plots the results of ``run``, and writes all figures as JSON, into ``folder``.

    Returns Markdown that shows the plots and links to the JSON file.
    """
    drawn = _plots.fanout(_RESULTS, NAMES, folder)
    samples = folder / "fanout.json"
    samples.write_text(json.dumps([asdict(one) for one in _RESULTS], indent=1) + "\n", encoding="utf-8")
    pictures = "\n".join(f"![{file.stem}](pictures/{file.name})" for file in drawn)
    return f"\nEvery sample: [pictures/{samples.name}](pictures/{samples.name}).\n\n{pictures}\n"


def keep(found: list[Figures]) -> None:
    """Writes all figures as JSON to BENCH_RAW, or to the temporary folder, for other evaluations."""
    folder = Path(os.environ.get("BENCH_RAW", tempfile.gettempdir()))
    folder.joinpath("bang-tin-fanout.json").write_text(json.dumps([asdict(one) for one in found]), encoding="utf-8")


def _table(found: list[Figures], count: int) -> str:
    here = {one.peer: one for one in found if one.count == count}
    bare = median(here["bare"].last) if "bare" in here else float("nan")
    rows = [
        [
            NAMES[name] + (f" ({one.clients:,})" if one.clients < count else ""),
            f"{median(one.last) * 1000:.0f}", f"{median(one.last) / bare:.2f}", f"{median(one.p99) * 1000:.0f}",
            f"{one.cpu * 1e6:.1f}", f"{one.kib:.1f}", f"{one.connects:.0f}",
            f"> {SILENCE:g}" if one.storm is None else f"{one.storm:.1f}",
            f"{one.idle * 100:.1f}", one.lost, one.doubled,
        ]
        for name, one in here.items()
    ]  # fmt: skip
    head = (f"{count} clients", "last, ms", "x bare", "p99, ms", "CPU µs a client", "KiB a client", "connects/s",
            "storm, s", "idle CPU %", "lost", "doubled")  # fmt: skip
    return table(head, rows)


if __name__ == "__main__":
    print(run())
