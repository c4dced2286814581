"""The supervisor restarts a process that ends or hangs, but not one that sends heartbeats."""

from __future__ import annotations

import signal
import subprocess
import sys
import threading
from pathlib import Path
from time import monotonic

import pytest

from server.processes.heartbeat import Heartbeat, heartbeat
from server.processes.supervisor import ChildProcess
from tests.paths import ROOT
from tests.station import until

BEATS_ONCE = """
import os, sys, threading
sys.path.insert(0, {root!r})
from server.processes.heartbeat import heartbeat
with open({log!r}, "a") as log:
    log.write("started\\n")
heartbeat(os.environ)()
threading.Event().wait(100)
"""
BEATS = """
import os, sys, threading
sys.path.insert(0, {root!r})
from server.processes.heartbeat import heartbeat
beat, done = heartbeat(os.environ), threading.Event()
for _ in range(30):
    beat()
    done.wait(0.05)
"""


def _command(script: str, log: Path) -> list[str]:
    return [sys.executable, "-c", script.format(root=str(ROOT), log=str(log))]


def test_a_process_that_hangs_is_restarted(tmp_path: Path) -> None:
    log, stopping = tmp_path / "log", threading.Event()
    child = ChildProcess("worker", _command(BEATS_ONCE, log), stopping, silence=0.3)
    child.thread.start()
    until(lambda: log.exists() and log.read_text().count("started") >= 2, "the second start")
    stopping.set()
    child.terminate()
    child.thread.join(30)
    assert not child.thread.is_alive()


def test_a_process_that_is_never_given_up_is_restarted_after_a_wrong_setup(tmp_path: Path) -> None:
    """The desk is run this way: config.toml may be invalid at its start because somebody is editing it."""
    log, stopping = tmp_path / "log", threading.Event()
    command = [sys.executable, "-c", f"open({str(log)!r}, 'a').write('started '); raise SystemExit(2)"]
    child = ChildProcess("desk", command, stopping, gives_up=False)
    child.thread.start()
    until(lambda: log.exists() and log.read_text().count("started") >= 2, "the second start")
    assert not child.wrong_setup
    stopping.set()
    child.thread.join(30)
    assert not child.thread.is_alive()


def test_a_process_that_cannot_be_started_now_is_tried_again(tmp_path: Path) -> None:
    log, program, stopping = tmp_path / "log", tmp_path / "program", threading.Event()
    child = ChildProcess("server", [str(program)], stopping)
    child.thread.start()
    beside = tmp_path / "beside"
    beside.write_text(f"#!/bin/sh\necho started >>{log}\n")
    beside.chmod(0o755)
    beside.rename(program)
    until(log.exists, "the start")
    stopping.set()
    child.thread.join(30)
    assert not child.thread.is_alive()


def test_a_process_that_cannot_be_started_costs_no_open_file(tmp_path: Path) -> None:
    stopping = threading.Event()
    child = ChildProcess("worker", [str(tmp_path / "missing")], stopping, silence=1)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(5):
        with pytest.raises(FileNotFoundError):
            child._run()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


class StopsAtTheFirstLook(threading.Event):
    """Is set, as by a signal, just after it was asked for the first time; the child is then told to stop."""

    child: ChildProcess | None = None

    def is_set(self) -> bool:
        was_set = super().is_set()
        if not was_set and self.child is not None:
            self.set()
            self.child.terminate()
        return was_set


def test_no_process_is_started_after_the_stop(tmp_path: Path) -> None:
    """It would get no SIGTERM, and be killed at the deadline or outlive its supervisor."""
    log, stopping = tmp_path / "log", StopsAtTheFirstLook()
    child = stopping.child = ChildProcess("worker", _command(BEATS_ONCE, log), stopping, silence=30)
    child.thread.start()
    child.thread.join(20)
    assert not child.thread.is_alive()
    assert not log.exists()


class Unkillable(subprocess.Popen[bytes]):
    """A process that SIGKILL does not end, like one that waits for a disk that does not answer."""

    def kill(self) -> None:
        """Does nothing."""


def test_a_process_that_cannot_be_killed_does_not_hold_the_stop() -> None:
    child = ChildProcess("server", ["sleep", "100"], threading.Event())
    process = child._process = Unkillable(["sleep", "100"])
    stopping = threading.Thread(target=child.kill_at, args=(monotonic(),), daemon=True)
    stopping.start()
    stopping.join(20)
    held = stopping.is_alive()
    process.terminate()
    process.wait()
    assert not held


def test_a_process_that_hangs_while_it_starts_is_killed() -> None:
    receiver = Heartbeat(silence=20, start=0.3)
    process = subprocess.Popen([sys.executable, "-c", "import threading; threading.Event().wait(100)"])
    assert receiver.wait(process) == (-signal.SIGKILL, True)
    receiver.close()


def test_a_process_that_sends_heartbeats_runs_to_its_end(tmp_path: Path) -> None:
    receiver = Heartbeat(silence=20)
    command = _command(BEATS, tmp_path / "log")
    environment = {"BANGTIN_PULSE": str(receiver.writer)}
    process = subprocess.Popen(command, env=environment, pass_fds=[receiver.writer])
    assert receiver.wait(process) == (0, False)
    receiver.close()


def test_a_heartbeat_without_a_supervisor_does_nothing() -> None:
    heartbeat({})()
    receiver = Heartbeat(silence=1)
    beat = heartbeat({"BANGTIN_PULSE": str(receiver.writer)})
    for _ in range(70_000):  # more than fits into a pipe: the heartbeat must not block
        beat()
    receiver.close()
    beat()
