"""Runs server, worker and desk as child processes, and restarts those that end or hang; used by cli.processes.

They are separate processes, so that gevent patches only the server, and a feed that takes too much memory can kill
only the worker.
"""

from __future__ import annotations

import ctypes
import os
import signal
import subprocess
import threading
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from types import MappingProxyType

import structlog

from server.processes.heartbeat import HEARTBEAT, Heartbeat
from server.processes.stop_signals import StopSignals

log = structlog.get_logger("supervise")
PARENT = "BANGTIN_SUPERVISOR"
# How long processes may take to stop before they are killed, so that Ctrl-C ends everything within 3 s. Killing a
# process is safe, because it acknowledges only what is stored.
STOP_SECONDS = 1.5
# How long a killed process, and the thread that runs it, may take to end. A process that waits for a disk which does
# not answer ends only when the disk does, and must not hold the supervisor.
KILL_SECONDS = 1.0
READY_PAUSE = 1.0
WRONG_SETUP = 2
_NO_HEARTBEATS: Mapping[str, float] = MappingProxyType({})
_PR_SET_PDEATHSIG = 1


class ChildProcess:
    """A process that is restarted whenever it ends. Start ``thread`` to run it.

    The pause before a restart is 0.2 s, and doubles up to 10 s while the process keeps ending within 10 s of its
    start. It is at most READY_PAUSE seconds if the process had sent a heartbeat before it ended.

    The process inherits the open file descriptors ``files``. With ``silence`` it must send a heartbeat (heartbeat.py)
    at least every ``silence`` seconds, otherwise it is killed and restarted. If it exits with WRONG_SETUP (its
    configuration is wrong), ``gives_up`` decides: True sets ``stopping`` and ``wrong_setup``, which stops all
    processes; False restarts it, because config.toml may just be being edited.
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
        # Held while a process is started, so that none is started after ``terminate``.
        self._starting = threading.Lock()
        self._was_ready = False
        self.wrong_setup = False
        self.thread = threading.Thread(target=self._keep, name=name, daemon=True)

    def _keep(self) -> None:
        pause = 0.2
        while not self._stopping.is_set():
            began = time.monotonic()
            try:
                code: int | str = self._run()
            except OSError as error:  # the system has no process, memory or file descriptor left for the moment
                code = str(error)
            if self._stopping.is_set():
                return
            if code == WRONG_SETUP and self._gives_up:
                # The process has printed what is wrong; a restart would only print it again.
                self.wrong_setup = True
                self._stopping.set()
                return
            longest = READY_PAUSE if self._was_ready else 10
            pause = 0.2 if time.monotonic() - began > 10 else min(pause * 2, longest)
            log.error("process ended", name=self._name, code=code, again_in=pause)
            self._stopping.wait(pause)

    def _run(self) -> int:
        """Runs the process from its start to its end, and returns the exit code."""
        heartbeat = Heartbeat(self._silence) if self._silence is not None else None
        files = [*self._files, *([heartbeat.writer] if heartbeat is not None else [])]
        environment = {**os.environ, PARENT: str(os.getpid())}
        environment |= {HEARTBEAT: str(heartbeat.writer)} if heartbeat is not None else {}
        self._was_ready = False
        try:
            with self._starting:
                if self._stopping.is_set():
                    return 0
                # A process group of its own, so that Ctrl-C reaches only the supervisor, which then stops the others.
                process = self._process = subprocess.Popen(
                    self._command, env=environment, process_group=0, pass_fds=files
                )
            if heartbeat is None:
                return process.wait()
            code, hung = heartbeat.wait(process)
        finally:
            # Closed even if no process could be started, because the next try opens a new pipe.
            if heartbeat is not None:
                heartbeat.close()
                self._was_ready = heartbeat.heard
        if hung:
            log.error("process hung", name=self._name, silent_for=self._silence)
        return code

    def terminate(self) -> None:
        """Sends the process SIGTERM, and does not wait for its end; ``stopping`` must be set before.

        If the process is just being started, waits for that, but at most STOP_SECONDS.
        """
        if self._starting.acquire(timeout=STOP_SECONDS):
            self._starting.release()
        if self._process is not None and self._process.poll() is None:
            self._process.terminate()

    def kill_at(self, deadline: float) -> None:
        """Waits until the process has ended; kills it at ``deadline`` (monotonic seconds), and waits KILL_SECONDS."""
        process = self._process
        if process is None:
            return
        try:
            process.wait(max(0.0, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            process.kill()
            with suppress(subprocess.TimeoutExpired):
                process.wait(KILL_SECONDS)


def supervise(commands: Mapping[str, Sequence[str]], silence: Mapping[str, float] = _NO_HEARTBEATS) -> int:
    """Runs the commands until this process receives SIGINT or SIGTERM, or a command exits with WRONG_SETUP.

    ``commands`` maps the name of each process to its command line. ``silence`` maps the names of the processes that
    send heartbeats to a number of seconds; a process that sends none for that long counts as hung. Returns the exit
    code: WRONG_SETUP or 0.
    """
    stopping, signals = threading.Event(), StopSignals()
    children = [
        ChildProcess(name, command, stopping, silence=silence.get(name)) for name, command in commands.items()
    ]
    for child in children:
        child.thread.start()
    signals.wait(stopping)
    # All processes stop at the same time, so that two slow ones do not take twice as long.
    deadline = time.monotonic() + STOP_SECONDS
    for child in children:
        child.terminate()
    for child in children:
        child.kill_at(deadline)
    for child in children:
        # A thread that ends with the interpreter may hold the lock of stdout, for which the interpreter then waits.
        child.thread.join(KILL_SECONDS)
    return WRONG_SETUP if any(child.wrong_setup for child in children) else 0


def end_with_parent() -> None:
    """Called in a supervised process: makes Linux send it SIGTERM when the supervisor ends, even if that is killed.

    Does nothing in a process that is not supervised.
    """
    parent = os.environ.get(PARENT)
    if parent is None:
        return
    ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() != int(parent):
        os.kill(os.getpid(), signal.SIGTERM)
