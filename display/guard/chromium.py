"""One Chromium in kiosk mode and the DevTools connection to its page; called by guard.py."""

from __future__ import annotations

import base64
import json
import os
import signal
import subprocess
import urllib.request
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import websocket

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
    # DevTools on loopback, on a port that the system chooses; the page's own origin cannot speak to it.
    "--remote-debugging-port=0",
    "--remote-debugging-address=127.0.0.1",
)
END_WITHIN = 5.0


class Silent(Exception):  # noqa: N818 - what is the matter, not what kind of class it is
    """The page, or the browser, did not answer in time; ``crashed`` where it is known that it never will."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.crashed = "crash" in why.lower()


class Chromium:
    """A browser on a profile that stays: what the page remembers survives every restart."""

    def __init__(self, program: str, profile: Path, address: str, more: Sequence[str] = ()) -> None:
        self.program, self.profile, self.address, self.more = program, profile, address, tuple(more)
        self._process: subprocess.Popen[bytes] | None = None
        self._tab: websocket.WebSocket | None = None
        self._asked = 0

    # the process

    def start(self) -> None:
        self.profile.mkdir(parents=True, exist_ok=True)
        (self.profile / "DevToolsActivePort").unlink(missing_ok=True)
        for lock in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            # Left by a browser that was killed, perhaps under another host name: it would refuse to start.
            (self.profile / lock).unlink(missing_ok=True)
        command = [self.program, *FLAGS, f"--user-data-dir={self.profile}", *self.more, f"--app={self.address}"]
        self._process = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
            start_new_session=True,
        )  # fmt: skip

    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def end(self, within: float = END_WITHIN) -> None:
        """Asks it to go, so that the profile is written, and after ``within`` seconds does not ask any more."""
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
        """Kills the processes that draw pages, stopped ones too; how many there were."""
        return sum(_kill(pid) for pid in renderers(self._process.pid)) if self._process else 0

    # the page

    def ask(self, expression: str, timeout: float) -> Any:
        """What the page says. Raises Silent."""
        answer = self._command("Runtime.evaluate", {"expression": expression, "returnByValue": True}, timeout)
        return answer.get("result", {}).get("value")

    def load(self, address: str, timeout: float) -> None:
        """Opens an address, also in a page that has crashed. Raises Silent."""
        self._command("Page.navigate", {"url": address}, timeout)
        # What this connection has still to say is of the page before: its crash would be taken for another one.
        self._drop()

    def picture(self, timeout: float) -> bytes:
        """What is on the glass, as PNG. Raises Silent."""
        return base64.b64decode(self._command("Page.captureScreenshot", {"format": "png"}, timeout).get("data", ""))

    def _command(self, method: str, params: dict[str, Any], timeout: float) -> dict[str, Any]:
        self._asked += 1
        mine = self._asked
        try:
            tab = self._connected(timeout)
            tab.settimeout(timeout)
            tab.send(json.dumps({"id": mine, "method": method, "params": params}))
            while True:
                said = json.loads(tab.recv())
                if said.get("method") == "Inspector.targetCrashed" and method != "Page.navigate":
                    raise Silent("the page has crashed")
                if said.get("id") == mine:
                    break
        except (OSError, ValueError, websocket.WebSocketException) as error:
            self._drop()
            raise Silent(str(error)) from error
        if "error" in said:
            raise Silent(str(said["error"].get("message", "")))
        result: dict[str, Any] = said.get("result", {})
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
            self._tab.shutdown()  # type: ignore[no-untyped-call] # of a typed package, but for this
            self._tab = None


def renderers(browser: int) -> list[int]:
    """The renderer processes below a browser, from /proc."""
    below, found = {browser}, []
    # A child's number may be smaller than its parent's: two looks see grandchildren, which is as deep as they are.
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
