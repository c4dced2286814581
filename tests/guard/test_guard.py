"""A real Chromium under the guard: what dies or hangs comes back, and what the desk asks is done."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from display.chromium import renderers
from tests.station import ROOT, until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GUARD = ROOT / "display/guard.py"
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


class Host:
    """Serves one page and counts how often it was loaded."""

    def __init__(self) -> None:
        self.loads = 0
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host.loads += self.path == "/board/thu"
                body = b"<!doctype html><title>t</title><p>Xin chao"
                self.send_response(200)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/board/thu"

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Watched:
    """The guard as a process, and the lines it has written."""

    def __init__(self, address: str, folder: Path) -> None:
        self.log = folder / "guard.log"
        command = [sys.executable, str(GUARD), address, "--profile", str(folder / "profile"), "--beat", "1"]
        command += [word for flag in FLAGS for word in ("--flag", flag)]
        # The flags begin with two dashes themselves.
        command = [word for word in command if word != "--flag"]
        command = [f"--flag={word}" if word in FLAGS else word for word in command]
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)

    def events(self) -> list[dict[str, Any]]:
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def count(self, event: str) -> int:
        return sum(one["event"] == event for one in self.events())

    def browser(self) -> int:
        """The process id of Chromium."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[-1])

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


@pytest.fixture
def host() -> Iterator[Host]:
    made = Host()
    yield made
    made.close()


@pytest.fixture
def watched(host: Host, tmp_path: Path) -> Iterator[Watched]:
    made = Watched(host.address, tmp_path)
    yield made
    made.end()


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "stopped"])
def test_a_renderer_that_dies_or_hangs_comes_back(host: Host, watched: Watched, number: signal.Signals) -> None:
    until(lambda: host.loads == 1 and renderers(watched.browser()), "the page")
    browser = watched.browser()
    for pid in renderers(browser):
        os.kill(pid, number)
    until(lambda: host.loads >= 2, "the page again")
    until(lambda: watched.count("renderer killed") >= 1, "the guard's line")
    assert watched.browser() == browser, watched.events()


def test_a_browser_that_dies_is_started_at_once(host: Host, watched: Watched) -> None:
    until(lambda: host.loads == 1, "the page")
    os.kill(watched.browser(), signal.SIGKILL)
    until(lambda: host.loads >= 2, "the page again")
    assert [one["why"] for one in watched.events() if one["event"] == "start"] == ["first", "ended"]


def test_a_browser_that_hangs_as_a_whole_is_started_again(host: Host, watched: Watched) -> None:
    until(lambda: host.loads == 1, "the page")
    os.kill(watched.browser(), signal.SIGSTOP)
    until(lambda: host.loads >= 2, "the page again")
    assert watched.count("restart") == 1


def test_the_guard_ends_what_it_has_started(host: Host, tmp_path: Path) -> None:
    made = Watched(host.address, tmp_path)
    until(lambda: host.loads == 1, "the page")
    browser = made.browser()
    made.end()
    gone: Callable[[], bool] = lambda: not Path(f"/proc/{browser}").exists()  # noqa: E731 - said once
    until(gone, "Chromium has gone")
    assert made.process.returncode == 0
