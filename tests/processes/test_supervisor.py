"""A process that hangs is ended and started again; one that gives its beats is left alone."""

from __future__ import annotations

import subprocess
import sys
import threading
from pathlib import Path

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


def test_a_process_that_hangs_is_started_again(tmp_path: Path) -> None:
    log, stopping = tmp_path / "log", threading.Event()
    keeper = ChildProcess("worker", _command(BEATS_ONCE, log), stopping, silence=0.3)
    keeper.thread.start()
    until(lambda: log.exists() and log.read_text().count("started") >= 2, "the second start")
    stopping.set()
    keeper.terminate()
    keeper.thread.join(30)
    assert not keeper.thread.is_alive()


def test_one_that_is_never_given_up_is_tried_again_whatever_it_says_of_its_set_up(tmp_path: Path) -> None:
    """The desk, while somebody writes config.toml."""
    log, stopping = tmp_path / "log", threading.Event()
    command = [sys.executable, "-c", f"open({str(log)!r}, 'a').write('started '); raise SystemExit(2)"]
    keeper = ChildProcess("desk", command, stopping, gives_up=False)
    keeper.thread.start()
    until(lambda: log.exists() and log.read_text().count("started") >= 2, "the second start")
    assert not keeper.wrong_setup
    stopping.set()
    keeper.thread.join(30)
    assert not keeper.thread.is_alive()


def test_a_process_that_cannot_be_started_at_the_moment_is_tried_again(tmp_path: Path) -> None:
    log, program, stopping = tmp_path / "log", tmp_path / "program", threading.Event()
    keeper = ChildProcess("server", [str(program)], stopping)
    keeper.thread.start()
    beside = tmp_path / "beside"
    beside.write_text(f"#!/bin/sh\necho started >>{log}\n")
    beside.chmod(0o755)
    beside.rename(program)
    until(log.exists, "the start")
    stopping.set()
    keeper.thread.join(30)
    assert not keeper.thread.is_alive()


def test_a_process_that_beats_lives_to_its_own_end(tmp_path: Path) -> None:
    listening = Heartbeat(silence=20)
    command = _command(BEATS, tmp_path / "log")
    environment = {"BANGTIN_PULSE": str(listening.writer)}
    process = subprocess.Popen(command, env=environment, pass_fds=[listening.writer])
    assert listening.wait(process) == (0, False)
    listening.close()


def test_where_nobody_listens_a_beat_is_nothing() -> None:
    heartbeat({})()
    listening = Heartbeat(silence=1)
    beat = heartbeat({"BANGTIN_PULSE": str(listening.writer)})
    for _ in range(70_000):  # more than a pipe holds: it must not wait
        beat()
    listening.close()
    beat()
