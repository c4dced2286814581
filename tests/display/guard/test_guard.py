"""The guard with a real Chromium: it recovers from crashed or hung renderers and browsers, and from foreign pages."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from display.guard.chromium import renderers
from display.guard.guard import BEAT
from tests.display.guard.debugging_port import DebuggingPort
from tests.display.guard.web_host import FLAGS, Host
from tests.paths import ROOT
from tests.ports import free_port
from tests.station import until

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]

GUARD = ROOT / "display/guard/guard.py"
QUICK = ("--beat", "1")


class Watched:
    """The guard, run as a process, and its log."""

    def __init__(
        self,
        address: str,
        folder: Path,
        *more: str,
        path: Path | None = None,
        flags: Sequence[str] = FLAGS,
        **env: str,
    ) -> None:
        """Starts the guard for the page at ``address``, with its profile and log in ``folder``.

        ``more`` are options of the guard, ``flags`` those of Chromium, ``env`` environment variables. Programs in the
        folder ``path`` come before those of the machine.
        """
        self.log = folder / "guard.log"
        command = [sys.executable, str(GUARD), address, "--profile", str(folder / "profile")]
        command += [f"--flag={flag}" for flag in flags]
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

    def has_brought_the_page_back(self) -> bool:
        """Whether the guard has replaced a foreign page; on a slow machine its renderer may count as silent first."""
        return self.count("page lost") + self.count("renderer killed") >= 1

    def browser(self) -> int:
        """The process id of the guard's Chromium."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        return int(children[-1])

    def end(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        self.process.wait(30)


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
    # On a slow machine the new page may be silent as well: then the browser is started anew, but only then.
    helped = [one["event"] for one in watched.events() if one["event"] in ("renderer killed", "restart")]
    assert helped[0] == "renderer killed", watched.events()
    assert watched.browser() == browser or "restart" in helped, watched.events()


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


def test_a_page_that_has_become_another_one_is_brought_back(host: Host, watched: Watched, tmp_path: Path) -> None:
    until(lambda: host.loads == 1, "the page")
    # As after a crash during a navigation, the browser runs and answers, but shows an empty page.
    DebuggingPort(tmp_path / "profile").load("about:blank")
    until(lambda: host.loads >= 2, "the page again")
    until(watched.has_brought_the_page_back, "the guard's line")


def test_a_proxys_page_of_errors_does_not_stay(tmp_path: Path) -> None:
    host = Host(broken=1)
    watched = Watched(host.address, tmp_path, *QUICK)
    try:
        until(lambda: host.loads >= 2, "the page again")
        until(DebuggingPort(tmp_path / "profile").ours, "the page is ours")
        assert watched.has_brought_the_page_back()
    finally:
        watched.end()
        host.close()


def test_a_device_without_anything_waits_for_its_server_in_its_own_words(tmp_path: Path) -> None:
    port = free_port()
    watched = Watched(f"http://127.0.0.1:{port}/board/thu", tmp_path, *QUICK)
    try:
        until(lambda: watched.count("waits for the server") == 1, "the guard has seen the page of errors")
        words = "document.body ? document.body.innerText : ''"
        browser = DebuggingPort(tmp_path / "profile")
        until(lambda: "Đang chờ kết nối" in (browser.ask(words) or ""), "the words")
        host = Host(port)
        until(lambda: host.loads >= 1, "the page")
        host.close()
    finally:
        watched.end()


def test_nothing_of_the_machine_but_the_guard_can_reach_its_browser(host: Host, tmp_path: Path) -> None:
    """The browser opens no debugging port: any program could use one to read the screen's key or to show a page."""
    watched = Watched(host.address, tmp_path, *QUICK, flags=FLAGS[:-1])
    try:
        until(lambda: host.loads == 1, "the page")
        until(lambda: watched.count("start") == 1, "the guard's line")
        assert not (tmp_path / "profile/DevToolsActivePort").exists()
        assert listening(watched.browser()) == set()
    finally:
        watched.end()


def listening(process: int) -> set[str]:
    """The TCP sockets that a process listens on, as in /proc/net/tcp: local address and port in hex."""
    held = {os.readlink(one) for one in Path(f"/proc/{process}/fd").iterdir() if one.is_symlink()}
    found = set()
    for table in ("tcp", "tcp6"):
        for line in Path(f"/proc/{process}/net/{table}").read_text(encoding="ascii").splitlines()[1:]:
            parts = line.split()
            if parts[3] == "0A" and f"socket:[{parts[9]}]" in held:
                found.add(parts[1])
    return found


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
    """The guard's reactions to a silent page, as (event, seconds of silence before it by the guard's clock)."""
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
            # The guard kills the renderer a second time, instead of restarting the browser, only if the page has
            # answered in between.
            until(partial(watched.has_said, "answers again", answers), "its answer")
            # The reloaded page may be in a renderer that was killed with the hung one; then the guard kills it once
            # more.
            done.append(_silences(watched)[before])
        before, loads = len(_silences(watched)), host.loads
        os.kill(watched.browser(), signal.SIGSTOP)
        until(partial(watched.has_said, "start", 2), "a new browser")
        done += [_silences(watched)[before], _silences(watched)[-1]]
        until(partial(host.loaded, loads + 1), "its page")
    finally:
        watched.end()
    assert [event for event, _ in done] == ["renderer killed"] * 3 + ["restart"]
    # A beat is the interval of the guard's checks (5 s). A crash is noticed after one beat and silence after three;
    # the browser is restarted after five. So all of it happens within thirty seconds.
    beats = [seconds / BEAT for _, seconds in done]
    assert all(most - 1 < beat < most + 1 for beat, most in zip(beats, (1, 3, 3, 5), strict=True)), beats
