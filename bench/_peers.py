"""Starts the measured servers and their clients as child processes; used by the benchmarks of this folder."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Self

ROOT = Path(__file__).parents[1]
BUILT = ROOT / "bench" / ".built"
PAYLOAD = 1_500
SILENCE = 120.0
_TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds(pid: int) -> float:
    """Seconds of CPU time that a process has used so far, in units of the kernel's clock tick (usually 10 ms)."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def precise_cpu_seconds(pid: int) -> float:
    """Seconds of CPU time in units of 1 ns, but only those of the process's threads that are still alive."""
    tasks = Path(f"/proc/{pid}/task").iterdir()
    return sum(int((task / "schedstat").read_text().split()[0]) for task in tasks) / 1e9


def family_cpu_seconds(pid: int) -> float:
    """Seconds of CPU time that a process and its children, including those that have ended, have used so far."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
    used = sum(int(fields[at]) for at in (11, 12, 13, 14)) / _TICKS
    for task in Path(f"/proc/{pid}/task").iterdir():
        used += sum(family_cpu_seconds(int(child)) for child in (task / "children").read_text().split())
    return used


class Process:
    """A child process of a benchmark: takes commands as lines on standard input and answers with lines of output."""

    def __init__(self, *command: str) -> None:
        self._command = " ".join(command)
        self._process = subprocess.Popen(
            command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )
        self.pid = self._process.pid
        self._lines: SimpleQueue[str] = SimpleQueue()
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        assert self._process.stdout
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()

    def send(self, line: str) -> None:
        assert self._process.stdin
        self._process.stdin.write(line + "\n")

    def line(self) -> str:
        """The next line of the process's output.

        Raises queue.Empty after two minutes without one, AssertionError if the process has ended.
        """
        line = self._lines.get(timeout=SILENCE)
        assert line, f"{self._command} has ended"
        return line

    def ask(self, line: str) -> str:
        """Sends a line to the process and returns the next line of its output."""
        self.send(line)
        return self.line()

    def cpu(self) -> float:
        """Seconds of CPU time that the process has used so far."""
        return cpu_seconds(self.pid)

    def memory(self) -> int:
        """The resident memory of the process in KiB."""
        return int(Path(f"/proc/{self.pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") // 1024


@dataclass(frozen=True, slots=True)
class Arrivals:
    """The arrivals of one message that was sent to all clients.

    ``seconds`` run from the moment at which the server began to send to each arrival, sorted. ``lost`` counts clients
    that never received the message, ``doubled`` counts arrivals at clients that already had it.
    """

    seconds: list[float]
    lost: int
    doubled: int


def peer(name: str, *, count: int = 0, ping: int = 25_000) -> tuple[Process, int]:
    """Starts the server ``name``; returns its process and its port.

    Names: "bare" (a C loop that sends to plain sockets), "node" (Node's socket.io), "stock" (Flask-SocketIO alone),
    "direct" and "plain" (this product with fanout "direct" or "stock"). ``count`` is the number of clients, needed
    only for "bare"; ``ping`` is the interval of pings in ms.
    """
    commands = {
        "bare": (str(BUILT / "bare"), str(count), str(PAYLOAD + 60)),
        "node": ("node", "bench/_node.mjs", str(PAYLOAD), str(ping)),
        "stock": (sys.executable, "-m", "bench._stock", str(PAYLOAD), str(ping)),
        "direct": (sys.executable, "-m", "bench._ours", "direct", str(PAYLOAD), str(ping)),
        "plain": (sys.executable, "-m", "bench._ours", "stock", str(PAYLOAD), str(ping)),
    }
    process = Process(*commands[name])
    return process, int(process.line())


class Viewers(Process):
    """A process with many clients, which reports when each of them has received the watched event."""

    def round(self, server: Process, word: str = "go") -> Arrivals:
        """Makes ``server`` send one message to every client, by the command ``word``; returns all arrivals."""
        self.watch()
        began = int(server.ask(word).removeprefix("sent"))
        return self.arrived(began)

    def watch(self) -> None:
        """Makes the clients forget earlier arrivals and record the next ones."""
        self.ask("watch")

    def arrived(self, began: int) -> Arrivals:
        """Waits until all clients have the message that was sent at ``began``, in ns of the monotonic clock."""
        lost, doubled, *at = map(int, self.line().removeprefix("all").split())
        return Arrivals(sorted((one - began) / 1e9 for one in at), lost, doubled)


class Load(Viewers):
    """Simulated screens, run by the C program load.c.

    ``connected`` is the seconds until all of them had connected and received their `state` message.
    """

    def __init__(
        self,
        port: int,
        count: int,
        *,
        parallel: int = 500,
        raw: bool = False,
        board: str = "hoi-truong",
        boards: int = 0,
        event: str = "notice",
    ) -> None:
        """Connects ``count`` clients, at most ``parallel`` at a time, and waits until all are ready.

        ``raw`` means plain sockets instead of Socket.IO. A "%d" in ``board`` is replaced by the client's number
        modulo ``boards``. ``event`` is the Socket.IO event whose arrivals are watched.
        """
        words = ["raw", str(PAYLOAD + 60), "-"] if raw else ["state", event, f'{{"board":"{board}"}}']
        words += [str(boards)] if boards else []
        super().__init__(str(BUILT / "load"), str(port), str(count), str(parallel), *words)
        self.connected = float(self.line().removeprefix("ready"))

    def storm(self) -> float:
        """Makes all clients disconnect and reconnect at once; returns the seconds until all have their `state`."""
        return float(self.ask("storm").removeprefix("ready"))
