"""Keeps server and worker running as processes of their own and restarts what dies; called by main.

Two processes, so that gevent patches only the server and a feed that eats memory can kill only the worker.
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
# Ctrl-C is over within 3 s; to be killed costs neither process anything, what it has acknowledged is stored.
STOP_SECONDS = 1.5
WRONG_SETUP = 2
NOBODY: Mapping[str, float] = MappingProxyType({})
_PR_SET_PDEATHSIG = 1


class ChildProcess:
    """One process that is started again whenever it ends, at once at first, later every 10 s.

    It inherits the open ``files``. With ``silence`` (seconds) it must give a beat (server/processes/heartbeat.py)
    now and then,
    and is ended and started again where it hangs. Without ``gives_up`` it is tried again also where it calls its
    set-up wrong: somebody may be writing config.toml just now.
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
            except OSError as error:  # no process, no memory, no file to be had: that passes too
                code = str(error)
            if self._stopping.is_set():
                return
            if code == WRONG_SETUP and self._gives_up:
                # It has said what is wrong; trying again would only say it again.
                self.wrong_setup = True
                self._stopping.set()
                return
            pause = 0.2 if time.monotonic() - began > 10 else min(pause * 2, 10)
            log.error("process ended", name=self._name, code=code, again_in=pause)
            self._stopping.wait(pause)

    def _run(self) -> int:
        """Once from its start to its end; the exit code."""
        heartbeat = Heartbeat(self._silence) if self._silence is not None else None
        files = [*self._files, *([heartbeat.says] if heartbeat is not None else [])]
        environment = {**os.environ, PARENT: str(os.getpid())}
        environment |= {HEARTBEAT: str(heartbeat.says)} if heartbeat is not None else {}
        # In a group of its own: Ctrl-C is for the supervisor, which ends the others in order.
        self._process = subprocess.Popen(self._command, env=environment, process_group=0, pass_fds=files)
        if heartbeat is None:
            return self._process.wait()
        code, hung = heartbeat.wait(self._process)
        heartbeat.close()
        if hung:
            log.error("process hung", name=self._name, silent_for=self._silence)
        return code

    def ask(self) -> None:
        """Asks the process to stop."""
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def end(self, deadline: float) -> None:
        """Makes the process stop that has been asked to, at ``deadline`` of the monotonic clock."""
        if self._process is None:
            return
        try:
            self._process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


def supervise(commands: Mapping[str, Sequence[str]], silence: Mapping[str, float] = NOBODY) -> int:
    """Runs the commands until SIGINT or SIGTERM, or until one calls its set-up wrong. Returns the exit code.

    ``silence`` names those that give beats, and after how many seconds without one they count as hung.
    """
    stopping = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stopping.set())
    keepers = [ChildProcess(name, command, stopping, silence=silence.get(name)) for name, command in commands.items()]
    for keeper in keepers:
        keeper.thread.start()
    # With a timeout, because a signal that another thread receives does not wake a wait without one.
    while not stopping.wait(0.2):
        pass
    # All at once, so that two slow ones do not take twice as long.
    deadline = time.monotonic() + STOP_SECONDS
    for keeper in keepers:
        keeper.ask()
    for keeper in keepers:
        keeper.end(deadline)
    return WRONG_SETUP if any(keeper.wrong_setup for keeper in keepers) else 0


def end_with_parent() -> None:
    """In a supervised process: be told to stop when the supervisor is gone, also when it was killed."""
    parent = os.environ.get(PARENT)
    if parent is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        os.kill(os.getpid(), signal.SIGTERM)
