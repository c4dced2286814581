"""Runs one Chromium in kiosk mode and controls its page through DevTools; called by guard.py."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

import websocket

from display.guard.websockets import hang_up

FLAGS = (
    "--kiosk",
    "--noerrdialogs",
    "--disable-session-crashed-bubble",
    "--hide-crash-restore-bubble",
    "--no-first-run",
    "--disable-features=Translate",
    "--check-for-update-interval=31536000",
    "--autoplay-policy=no-user-gesture-required",
    "--overscroll-history-navigation=0",
    "--disable-pinch",
    "--password-store=basic",
    # DevTools on loopback, on a port that the system chooses; the page itself may not connect to it.
    "--remote-debugging-port=0",
    "--remote-debugging-address=127.0.0.1",
)
END_WITHIN = 5.0
"""Seconds from SIGTERM to SIGKILL."""


class _Result(TypedDict, total=False):
    """The results of two DevTools methods: Runtime.evaluate has ``result``, Page.captureScreenshot ``data``."""

    result: dict[str, object]
    data: str


class Silent(Exception):  # noqa: N818 - named by what has happened
    """The page or the browser did not answer in time; ``crashed``: the page has crashed and will not answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.crashed = "crash" in why.lower()


class Chromium:
    """A browser with a profile of its own, so that the page's storage survives every restart."""

    def __init__(self, program: str, profile: Path, address: str, more: Sequence[str] = ()) -> None:
        self.program, self.profile, self.address, self.more = program, profile, address, tuple(more)
        self._process: subprocess.Popen[bytes] | None = None
        self._tab: websocket.WebSocket | None = None
        self._asked = 0

    # the process

    def start(self) -> None:
        """Starts the browser on ``address``. Raises OSError."""
        self.profile.mkdir(parents=True, exist_ok=True)
        (self.profile / "DevToolsActivePort").unlink(missing_ok=True)
        for lock in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            # A killed browser leaves these locks, perhaps with another host name; they would stop the next one.
            (self.profile / lock).unlink(missing_ok=True)
        command = [self.program, *FLAGS, f"--user-data-dir={self.profile}", *self.more, f"--app={self.address}"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def running(self) -> bool:
        """Whether the browser's process lives."""
        return self._process is not None and self._process.poll() is None

    def end(self, within: float = END_WITHIN) -> None:
        """Sends SIGTERM, so that the profile is written, and SIGKILL after ``within`` seconds."""
        self._drop()
        if self._process is None:
            return
        self._signal(signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(within)
        self._signal(signal.SIGKILL)
        self._process.wait()
        self._process = None

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            with suppress(ProcessLookupError):
                os.killpg(self._process.pid, number)

    def kill_renderers(self) -> int:
        """Kills the renderer processes, also suspended ones (SIGSTOP); returns how many were killed."""
        return sum(_kill(pid) for pid in renderers(self._process.pid)) if self._process else 0

    # the page

    def ask(self, expression: str, timeout: float) -> object:
        """Evaluates a JavaScript expression in the page; returns its value, None if it throws. Raises Silent."""
        answer = self._command("Runtime.evaluate", {"expression": expression, "returnByValue": True}, timeout)
        return answer.get("result", {}).get("value")

    def load(self, address: str, timeout: float) -> None:
        """Opens an address, also where the page has crashed. Raises Silent."""
        self._command("Page.navigate", {"url": address}, timeout)
        # This connection may still deliver a crash of the old page, which would be taken for one of the new page.
        self._drop()

    def screenshot(self, timeout: float) -> bytes:
        """What the page shows, as PNG. Raises Silent."""
        return base64.b64decode(self._command("Page.captureScreenshot", {"format": "png"}, timeout).get("data", ""))

    def _command(self, method: str, params: Mapping[str, object], timeout: float) -> _Result:
        self._asked += 1
        mine = self._asked
        try:
            tab = self._connected(timeout)
            tab.settimeout(timeout)
            tab.send(json.dumps({"id": mine, "method": method, "params": params}))
            while True:
                message = json.loads(tab.recv())
                if message.get("method") == "Inspector.targetCrashed" and method != "Page.navigate":
                    raise Silent("the page has crashed")
                if message.get("id") == mine:
                    break
        except (OSError, ValueError, websocket.WebSocketException) as error:
            self._drop()
            raise Silent(str(error)) from error
        if "error" in message:
            raise Silent(str(message["error"].get("message", "")))
        result: _Result = message.get("result", {})
        return result

    def _connected(self, timeout: float) -> websocket.WebSocket:
        if self._tab is None:
            port = (self.profile / "DevToolsActivePort").read_text(encoding="ascii").split("\n")[0]
            with urllib.request.urlopen(f"http://127.0.0.1:{int(port)}/json/list", timeout=timeout) as answer:
                pages = [one for one in json.load(answer) if one.get("type") == "page"]
            if not pages:
                raise Silent("no page")
            self._tab = websocket.create_connection(
                pages[0]["webSocketDebuggerUrl"], timeout=timeout, suppress_origin=True
            )
            self._tab.send(json.dumps({"id": 0, "method": "Inspector.enable"}))
        return self._tab

    def _drop(self) -> None:
        if self._tab is not None:
            hang_up(self._tab)
            self._tab = None


def renderers(browser: int) -> list[int]:
    """The process ids of the renderers among a browser's descendants, from /proc."""
    below, found = {browser}, []
    # A child's id may be smaller than its parent's: each round finds at least one more generation.
    for _ in range(3):
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                parent = int(
                    (folder / "stat").read_text(encoding="ascii", errors="replace").rsplit(")", 1)[1].split()[1]
                )
                line = (folder / "cmdline").read_bytes()
            except (OSError, IndexError, ValueError):
                continue
            pid = int(folder.name)
            if parent in below and pid not in below:
                below.add(pid)
                if b"--type=renderer" in line and b"--extension-process" not in line:
                    found.append(pid)
    return found


def _kill(pid: int) -> bool:
    try:
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        return False
    return True
