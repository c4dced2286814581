"""A stop signal ends the wait at any moment: its handler takes no lock that the interrupted thread may hold."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from tests.paths import ROOT

# Waits for signals again and again while another thread sends them without a pause; it ends only if none is lost.
STORM = """
import os, signal, threading
from server.processes.stop_signals import StopSignals

signals, rounds = StopSignals(), 300
ended = threading.Event()

def send():
    while not ended.is_set():
        os.kill(os.getpid(), signal.SIGTERM)

threading.Thread(target=send, daemon=True).start()
for _ in range(rounds):
    signals.wait(threading.Event())
ended.set()
print("ended")
"""


def test_signals_at_any_moment_end_the_wait() -> None:
    run = subprocess.run(
        [sys.executable, "-c", STORM], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout == "ended\n"


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_sets_the_event_for_the_other_threads(number: signal.Signals) -> None:
    code = (
        "import os, threading\nfrom server.processes.stop_signals import StopSignals\n"
        "signals, stopping = StopSignals(), threading.Event()\n"
        f"os.kill(os.getpid(), {number.value})\nsignals.wait(stopping)\nprint(stopping.is_set())"
    )
    run = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60, check=True
    )
    assert run.stdout == "True\n"
