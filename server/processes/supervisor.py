"""Runs server, worker and desk as processes of their own and restarts those that end or hang; used by cli.processes.

Processes of their own, so that gevent patches only the server, and a feed that eats memory can kill only the worker.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from types import MappingProxyType

import structlog

from server.processes.heartbeat import HEARTBEAT, Heartbeat

log = structlog.get_logger("supervise")
PARENT = "BANGTIN_SUPERVISOR"
# So that Ctrl-C ends everything within 3 s. Killing a process is safe: it acknowledges only what is stored.
STOP_SECONDS = 1.5
WRONG_SETUP = 2
_NO_HEARTBEATS: Mapping[str, float] = MappingProxyType({})
_PR_SET_PDEATHSIG = 1


class ChildProcess:
    """One process, restarted whenever it ends: at once at first, later every 10 s. Start ``thread`` to begin.

    It inherits the open file descriptors ``files``. With ``silence`` it must send a heartbeat (heartbeat.py) at least
    every so many seconds, and is killed and restarted if it does not. If it exits with WRONG_SETUP, ``gives_up``
    decides: True stops everything (``stopping`` and ``wrong_setup`` are set); False restarts it, because config.toml
    may be in the middle of being edited.
    """

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        stopping: threading.Event,
        *,
        files: Sequence[int] = (),
        silence: float | None = None,
        gives_up: bool = True,
    ) -> None:
        self._name, self._command, self._stopping, self._files = name, command, stopping, files
        self._silence, self._gives_up = silence, gives_up
        self._process: subprocess.Popen[bytes] | None = None
        self.wrong_setup = False
        self.thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def _keep(self) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                code: int | str = self._run()
            except OSError as error:  # no process, memory or file descriptor left: temporary too
                code = str(error)
            if self._stopping.is_set():
                return
            if code == WRONG_SETUP and self._gives_up:
                # It has printed what is wrong; a restart would only print it again.
                self.wrong_setup = True
                self._stopping.set()
                return
            pause = 0.2 if time.monotonic() - began > 10 else min(pause * 2, 10)
            log.error("process ended", name=self._name, code=code, again_in=pause)
            self._stopping.wait(pause)

    def _run(self) -> int:
        """Runs the process from its start to its end, and returns the exit code."""
        heartbeat = Heartbeat(self._silence) if self._silence is not None else None
        files = [*self._files, *([heartbeat.writer] if heartbeat is not None else [])]
        environment = {**os.environ, PARENT: str(os.getpid())}
        environment |= {HEARTBEAT: str(heartbeat.writer)} if heartbeat is not None else {}
        # In a process group of its own: Ctrl-C reaches only the supervisor, which stops the others in order.
        self._process = subprocess.Popen(self._command, env=environment, process_group=0, pass_fds=files)
        if heartbeat is None:
            return self._process.wait()
        code, hung = heartbeat.wait(self._process)
        heartbeat.close()
        if hung:
            log.error("process hung", name=self._name, silent_for=self._silence)
        return code

    def terminate(self) -> None:
        """Asks the process to stop, and does not wait."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill_at(self, deadline: float) -> None:
        """Waits for the process until ``deadline`` (seconds of the monotonic clock), then kills it."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def supervise(commands: Mapping[str, Sequence[str]], silence: Mapping[str, float] = _NO_HEARTBEATS) -> int:
    """Runs the commands until SIGINT or SIGTERM, or until one exits with WRONG_SETUP. Returns the exit code.

    ``silence`` names the commands that send heartbeats, and after how many seconds without one they are hung.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    children = [
        ChildProcess(name, command, stopping, silence=silence.get(name)) for name, command in commands.items()
    ]
    for child in children:
        child.thread.start()
    # With a timeout, because a signal that another thread receives does not interrupt a wait without one.
    while not stopping.wait(0.2):
        pass
    # All at the same time, so that two slow ones do not take twice as long.
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.terminate()
    for child in children:
        child.kill_at(deadline)
    return WRONG_SETUP if any(child.wrong_setup for child in children) else 0


def end_with_parent() -> None:
    """In a supervised process: makes the system send SIGTERM when the supervisor ends, even if it is killed."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        os.kill(os.getpid(), signal.SIGTERM)
