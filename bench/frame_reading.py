"""Compares our reader of WebSocket client frames, ClientFrames, with wsproto; `make bench`.

python -m bench frame_reading

Part 1 reads the same bytes with each reader in this process, for each of ``SCREENS`` screens the frames of one
minute: twelve pongs, three `sync`, one batch of receipts and one `health`, masked as browsers do, every frame in a
chunk of its own. Part 2 measures the CPU time that a running server spends on ``CROWD`` simulated screens in
``SECONDS`` seconds, and calculates from part 1 what it would be with wsproto.
"""

from __future__ import annotations

import gc
import json
import os
import tempfile
import tracemalloc
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path
from random import Random
from statistics import median
from threading import Event
from time import monotonic, process_time

from wsproto import ConnectionType
from wsproto.connection import Connection
from wsproto.frame_protocol import FrameProtocol, Opcode, ParseFailed

from bench._figures import table
from bench._peers import precise_cpu_seconds
from server.live.sockets.frames import ClientFrames
from server.live.sockets.wsgi_server import LARGEST_FRAME
from server.simulate.crowd import Crowd
from server.simulate.screen import Identity
from tests.station import Station, config_text

SCREENS = int(os.environ.get("BENCH_SCREENS", "10000").rpartition(",")[2])
CROWD = int(os.environ.get("BENCH_CROWD", "5000"))
SECONDS = float(os.environ.get("BENCH_IDLE", "60"))
ROUNDS = 5
READERS_WEIGHED = 1_000
LIMIT = 1.1
BOARD = "hoi-truong"
PONGS, SYNCS, PLAYS = 12, 3, 6
# Frames that one simulated screen sends in a minute: it shows no slides and so sends no receipts.
CROWD_FRAMES = PONGS + SYNCS + 1
Reader = Callable[[bytes], int]  # takes a chunk of bytes, returns the number of messages that it completes


def minute(random: Random) -> list[bytes]:
    """The frames that one screen sends in a minute, in the order of their times."""
    sync = {"epoch": "0123456789abcdef", "revision": 42, "have": "0123456789abcdef", "t0": 1_795_320_000_000}
    plays = [{"id": f"{n:016x}", "kind": "shown", "at": 1_795_320_000_000 + 10_000 * n} for n in range(PLAYS)]
    health = {"errors": 0, "offset": -12, "shown": "0" * 16, "cold": True, "build": "0123456789ab",
              "memory": 81_234_567, "uptime": 86_400, "size": [1920, 1080], "overflows": 0}  # fmt: skip
    packets = ["3"] * PONGS
    for number in range(SYNCS):
        packets.insert(4 + 5 * number, f"42{number}" + json.dumps(["sync", sync], separators=(",", ":")))
    packets.append("429" + json.dumps(["receipts", plays], separators=(",", ":")))
    packets.append("42" + json.dumps(["health", health], separators=(",", ":")))
    return [masked(packet.encode(), random.randbytes(4)) for packet in packets]


def masked(payload: bytes, mask: bytes) -> bytes:
    """One WebSocket text frame as a browser sends it; ``payload`` has at most 65,535 bytes, ``mask`` has 4."""
    size = len(payload)
    head = bytes((0x81, 0x80 | size)) if size < 126 else bytes((0x81, 0xFE)) + size.to_bytes(2, "big")
    return head + mask + bytes(byte ^ mask[at % 4] for at, byte in enumerate(payload))


def client_frames() -> Reader:
    reader = ClientFrames(LARGEST_FRAME)
    return lambda chunk: sum(1 for _ in reader.feed(chunk))


def frame_protocol() -> Reader:
    """A reader with wsproto's FrameProtocol, and what that leaves to callers: joining fragments, limiting size."""
    reader = FrameProtocol(client=False, extensions=[])
    fragments: list[str] = []
    size = 0

    def read(chunk: bytes) -> int:
        nonlocal size
        read = 0
        reader.receive_bytes(chunk)
        for frame in reader.received_frames():
            if frame.opcode >= Opcode.CLOSE:
                read += 1
                continue
            size += len(frame.payload)
            if size > LARGEST_FRAME:
                raise ParseFailed("too large")
            fragments.append(str(frame.payload))
            if frame.message_finished:
                "".join(fragments)
                fragments.clear()
                size, read = 0, read + 1
        return read

    return read


def connection() -> Reader:
    """A reader with the events of wsproto's Connection, the interface that wsproto documents."""
    reader = Connection(ConnectionType.SERVER)

    def read(chunk: bytes) -> int:
        reader.receive_data(chunk)
        return sum(1 for _ in reader.events())

    return read


READERS: dict[str, Callable[[], Reader]] = {
    "ClientFrames": client_frames,
    "wsproto FrameProtocol": frame_protocol,
    "wsproto Connection": connection,
}


def run() -> str:
    frames = minute(Random(1))
    taken = read_all(frames)
    base = taken["ClientFrames"]
    each = {name: seconds / SCREENS / len(frames) for name, seconds in taken.items()}
    rows = [
        [
            name,
            f"{seconds * 1000:.0f}",
            f"{each[name] * 1e6:.2f}",
            f"{seconds / base:.2f}",
            memory(READERS[name], frames),
        ]
        for name, seconds in taken.items()
    ]
    head = (f"{SCREENS:,} screens, {len(frames)} frames each", "CPU ms", "CPU µs a frame", "ratio", "bytes a screen")
    whole = whole_cost()
    return f"## Who reads client frames\n\n{table(head, rows)}\n{_whole(whole, each)}"


def read_all(frames: list[bytes]) -> dict[str, float]:
    """The name of each reader -> its median CPU seconds to read the frames of all screens; the readers take turns."""
    taken: dict[str, list[float]] = {name: [] for name in READERS}
    for _ in range(ROUNDS):
        for name, make in READERS.items():
            taken[name].append(_read([make() for _ in range(SCREENS)], frames))
    return {name: median(seconds) for name, seconds in taken.items()}


def _read(readers: Iterable[Reader], frames: list[bytes]) -> float:
    gc.collect()
    begun = process_time()
    read = sum(reader(chunk) for reader in readers for chunk in frames)
    spent = process_time() - begun
    assert read == SCREENS * len(frames), "not every frame was read"
    return spent


def memory(make: Callable[[], Reader], frames: list[bytes]) -> int:
    """Bytes of memory that one reader occupies after its first frame."""
    tracemalloc.start()
    readers = [make() for _ in range(READERS_WEIGHED)]
    for reader in readers:
        reader(frames[0])
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return size // len(readers)


def whole_cost() -> float:
    """CPU seconds that one simulated screen costs the server in a minute."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        station = Station.of(Path(folder), config_text([BOARD]))
        stack.callback(station.close)
        station.start(worker=False)
        for number in range(3):
            station.announce(BOARD, f"Thông báo số {number}", station.now(BOARD))
        assert station.server is not None
        pid = station.server.pid
        Event().wait(2)  # the start has settled
        alone = _share(pid, Event().wait)
        crowd = stack.enter_context(Crowd(station.address, [Identity(BOARD)] * CROWD, monotonic=monotonic))
        assert crowd.run_until(lambda: crowd.in_step() == CROWD, 60), "not all screens are in step"
        crowd.run_until(lambda: False, 2)
        busy = _share(pid, lambda seconds: crowd.run_until(lambda: False, seconds))
    return (busy - alone) / CROWD * 60


def _share(pid: int, wait: Callable[[float], object]) -> float:
    """The share of a core (0 to 1) that a process takes during ``wait``, which is called with ``SECONDS``."""
    before, begun = precise_cpu_seconds(pid), monotonic()
    wait(SECONDS)
    return (precise_cpu_seconds(pid) - before) / (monotonic() - begun)


def _whole(whole: float, each: dict[str, float]) -> str:
    """A Markdown table of what a screen costs the server with each reader.

    ``whole`` is the measured cost with ClientFrames in CPU seconds a minute, ``each`` CPU seconds a frame, by reader.
    """
    rows = []
    for name, seconds in each.items():
        ratio = 1 + (seconds - each["ClientFrames"]) * CROWD_FRAMES / whole
        share = seconds * CROWD_FRAMES / (whole * ratio)
        rows.append([name, f"{whole * ratio * 1000:.2f}", f"{share * 100:.1f}", f"{ratio:.3f}"])
    head = (f"one of {CROWD:,} screens, {CROWD_FRAMES} frames a minute", "CPU ms a minute", "of it reading frames, %",
            f"ratio (limit {LIMIT:g})")  # fmt: skip
    return table(head, rows)


if __name__ == "__main__":
    print(run())
