"""The guard with a real Chromium: crashed or hung renderers and browsers and foreign pages are recovered."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from display.guard.chromium import Chromium, Silent, renderers
from display.guard.guard import BEAT
from display.guard.page_check import EXPRESSION
from tests.paths import ROOT
from tests.ports import free_port
from tests.station import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GUARD = ROOT / "display/guard/guard.py"
QUICK = ("--beat", "1")
FLAGS = ("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--disable-background-networking")


class Host:
    """Serves one page, on a free port or the given one, and counts how often it was loaded.

    The first ``broken`` responses are 502, as from a proxy whose server is down.
    """

    def __init__(self, port: int = 0, broken: int = 0) -> None:
        self.loads = 0
        self.broken = broken
        host = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                asked = self.path == "/board/thu"
                host.loads += asked
                well = not asked or host.loads > host.broken
                body = b"<!doctype html><title>t</title><p>"
                body += b"Xin chao<script>window.bangtin = {}</script>" if well else b"502 Bad Gateway"
                self.send_response(200 if well else 502)
                self.send_header("Content-Type", "text/html")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args: object) -> None:
                """Writes no access log."""

        self.server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.thread.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self.server.server_port}/board/thu"

    def loaded(self, times: int) -> bool:
        return self.loads >= times

    def close(self) -> None:
        self.server.shutdown()
        self.server.server_close()
        self.thread.join()


class Watched:
    """The guard as a process, and its log."""

    def __init__(self, address: str, folder: Path, *more: str, path: Path | None = None, **env: str) -> None:
        """``more`` are options of the guard; programs in ``path`` come before those of the machine."""
        self.log = folder / "guard.log"
        command = [sys.executable, str(GUARD), address, "--profile", str(folder / "profile")]
        command += [f"--flag={flag}" for flag in FLAGS]
        found = os.environ["PATH"] if path is None else f"{path}:{os.environ['PATH']}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [*command, *more],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env={**os.environ, "PATH": found, **env},
            )

    def events(self) -> list[dict[str, Any]]:
        lines = self.log.read_text(encoding="utf-8").splitlines()
        return [json.loads(line) for line in lines if line.startswith("{")]

    def count(self, event: str) -> int:
        return sum(one["event"] == event for one in self.events())

    def has_said(self, event: str, times: int) -> bool:
        return self.count(event) >= times

    def browser(self) -> int:
        """The process id of the guard's Chromium."""
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
    made = Watched(host.address, tmp_path, *QUICK)
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
    assert watched.count("restart") >= 1


@contextmanager
def guarded(profile: Path) -> Iterator[Chromium]:
    """A second connection to the guard's browser, for asking what it shows."""
    beside = Chromium("", profile, "")
    try:
        yield beside
    finally:
        beside.end()


def asked(browser: Chromium, expression: str) -> Any:
    """The value of an expression in the page; None between two pages, when nothing answers."""
    try:
        return browser.ask(expression, 10)
    except Silent:
        return None


def ours(browser: Chromium) -> bool:
    """Whether the guard recognizes the page as its own."""
    said = asked(browser, EXPRESSION)
    return said is not None and bool(json.loads(said)[2])


def test_a_page_that_has_become_another_one_is_brought_back(host: Host, watched: Watched, tmp_path: Path) -> None:
    until(lambda: host.loads == 1, "the page")
    # As after a crash during a navigation: the browser runs, answers, and shows an empty page.
    until(lambda: (tmp_path / "profile/DevToolsActivePort").exists(), "the browser listens")
    with guarded(tmp_path / "profile") as browser:
        browser.load("about:blank", 10)
    until(lambda: host.loads >= 2, "the page again")
    until(lambda: watched.count("page lost") >= 1, "the guard's line")


def test_a_proxys_page_of_errors_does_not_stay(tmp_path: Path) -> None:
    host = Host(broken=1)
    watched = Watched(host.address, tmp_path, *QUICK)
    try:
        until(lambda: host.loads >= 2, "the page again")
        until(lambda: (tmp_path / "profile/DevToolsActivePort").exists(), "the browser listens")
        with guarded(tmp_path / "profile") as browser:
            until(lambda: ours(browser), "the page is ours")
        assert watched.count("page lost") == 1
    finally:
        watched.end()
        host.close()


def test_a_device_without_anything_waits_for_its_server_in_its_own_words(tmp_path: Path) -> None:
    port = free_port()
    watched = Watched(f"http://127.0.0.1:{port}/board/thu", tmp_path, *QUICK)
    try:
        until(lambda: watched.count("waits for the server") == 1, "the guard has seen the page of errors")
        words = "document.body ? document.body.innerText : ''"
        with guarded(tmp_path / "profile") as browser:
            until(lambda: "Đang chờ kết nối" in (asked(browser, words) or ""), "the words")
        host = Host(port)
        until(lambda: host.loads >= 1, "the page")
        host.close()
    finally:
        watched.end()


def test_the_guard_ends_what_it_has_started(host: Host, tmp_path: Path) -> None:
    made = Watched(host.address, tmp_path, *QUICK)
    until(lambda: host.loads == 1, "the page")
    browser = made.browser()
    made.end()
    gone: Callable[[], bool] = lambda: not Path(f"/proc/{browser}").exists()  # noqa: E731 - said once
    until(gone, "Chromium has gone")
    assert made.process.returncode == 0


def test_a_guard_whose_compositor_has_no_output_any_more_ends_so_that_both_are_started_anew(tmp_path: Path) -> None:
    watched = Watched("http://127.0.0.1:9/screen", tmp_path, "--chromium", "/bin/false", WAYLAND_DISPLAY="wayland-0")
    try:
        assert watched.process.wait(20) == 1
    finally:
        watched.end()
    assert watched.count("window system lost") == 1


def _silences(watched: Watched) -> list[tuple[str, float]]:
    """The guard's reactions to silence, and after how many seconds by its own clock."""
    return [(one["event"], one["silent"]) for one in watched.events() if "silent" in one]


@pytest.mark.slow
def test_at_its_real_beat_it_helps_after_fifteen_seconds_and_starts_anew_after_twenty_five(
    host: Host, tmp_path: Path
) -> None:
    watched = Watched(host.address, tmp_path)
    try:
        until(lambda: host.loads == 1 and renderers(watched.browser()), "the page")
        done: list[tuple[str, float]] = []
        for answers, number in ((1, signal.SIGKILL), (2, signal.SIGSTOP)):
            before = len(_silences(watched))
            for pid in renderers(watched.browser()):
                os.kill(pid, number)
            # The renderer is killed again, instead of the browser restarted, only if the page has answered meanwhile.
            until(partial(watched.has_said, "answers again", answers), "its answer")
            # The page may come back in a renderer that was killed with the hung one; then it is killed once more.
            done.append(_silences(watched)[before])
        before, loads = len(_silences(watched)), host.loads
        os.kill(watched.browser(), signal.SIGSTOP)
        until(partial(watched.has_said, "start", 2), "a new browser")
        done += [_silences(watched)[before], _silences(watched)[-1]]
        until(partial(host.loaded, loads + 1), "its page")
    finally:
        watched.end()
    assert [event for event, _ in done] == ["renderer killed"] * 3 + ["restart"]
    # A crash is found after one beat, silence after three, a restart follows after five: all within thirty seconds.
    beats = [seconds / BEAT for _, seconds in done]
    assert all(most - 1 < beat < most + 1 for beat, most in zip(beats, (1, 3, 3, 5), strict=True)), beats
