"""Runs one Chromium in kiosk mode and controls its page through DevTools; called by guard.py and screenshots.py."""

from __future__ import annotations

import base64
import os
import signal
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TypedDict

from display.guard import devtools
from display.guard.devtools import Devtools, PipeError

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
    devtools.FLAG,
)
END_WITHIN = 5.0
"""Seconds from SIGTERM to SIGKILL."""


class _Result(TypedDict, total=False):
    """The results of two DevTools methods: Runtime.evaluate has ``result``, Page.captureScreenshot ``data``."""

    result: dict[str, object]
    data: str


class Silent(Exception):  # noqa: N818 - named by what has happened
    """The page or the browser did not answer in time. If ``crashed``, the page has crashed and will never answer."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.crashed = "crash" in why.lower()


class Chromium:
    """Starts the browser ``program`` on ``address``, ends it, and controls its page; ``more`` are further flags.

    The browser stores its data in the folder ``profile``, so that the page's storage survives every restart.
    """

    def __init__(self, program: str, profile: Path, address: str, more: Sequence[str] = ()) -> None:
        self.program, self.profile, self.address, self.more = program, profile, address, tuple(more)
        self._devtools: Devtools | None = None

    # the process

    def start(self) -> None:
        """Starts the browser on ``address``. Raises OSError."""
        self.profile.mkdir(parents=True, exist_ok=True)
        for lock in ("SingletonLock", "SingletonCookie", "SingletonSocket"):
            # A killed browser leaves these locks, perhaps with another host name; they would stop the next one.
            (self.profile / lock).unlink(missing_ok=True)
        command = [self.program, *FLAGS, f"--user-data-dir={self.profile}", *self.more, f"--app={self.address}"]
        self._devtools = Devtools(command)

    def running(self) -> bool:
        """Whether the browser's process is running."""
        return self._devtools is not None and self._devtools.process.poll() is None

    def end(self, within: float = END_WITHIN) -> None:
        """Sends SIGTERM to the browser, so that it writes its profile, and SIGKILL after ``within`` seconds."""
        if self._devtools is None:
            return
        process = self._devtools.process
        _signal_group(process, signal.SIGTERM)
        with suppress(subprocess.TimeoutExpired):
            process.wait(within)
        _signal_group(process, signal.SIGKILL)
        process.wait()
        self._devtools.close()
        self._devtools = None

    def kill_renderers(self) -> int:
        """Kills the browser's renderer processes, also suspended ones (SIGSTOP); returns how many were killed."""
        return sum(_kill(pid) for pid in renderers(self._devtools.process.pid)) if self._devtools else 0

    # the page

    def ask(self, expression: str, timeout: float) -> object:
        """Evaluates a JavaScript expression in the page; returns its value, None if it throws.

        Raises Silent if there is no answer within ``timeout`` seconds.
        """
        answer = self._command("Runtime.evaluate", {"expression": expression, "returnByValue": True}, timeout)
        return answer.get("result", {}).get("value")

    def load(self, address: str, timeout: float) -> None:
        """Opens an address, even if the current page has crashed. Raises Silent after ``timeout`` seconds."""
        self._command("Page.navigate", {"url": address}, timeout)
        # A late event about a crash of the old page would be taken for a crash of the new one.
        if self._devtools is not None:
            self._devtools.detach()

    def screenshot(self, timeout: float) -> bytes:
        """Returns a screenshot of the page as the bytes of a PNG file. Raises Silent after ``timeout`` seconds."""
        return base64.b64decode(self._command("Page.captureScreenshot", {"format": "png"}, timeout).get("data", ""))

    def _command(self, method: str, params: Mapping[str, object], timeout: float) -> _Result:
        if self._devtools is None:
            raise Silent("the browser does not run")
        try:
            message = self._devtools.command(method, params, timeout)
        except (OSError, ValueError, PipeError) as error:
            self._devtools.detach()
            raise Silent(str(error)) from error
        if message.get("method") == "Inspector.targetCrashed":
            raise Silent("the page has crashed")
        if "error" in message:
            # The tab may have been replaced by another one, to which the next command attaches.
            self._devtools.detach()
            raise Silent(str(message["error"].get("message", "")))
        result: _Result = message.get("result", {})
        return result


def _signal_group(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, number)


def renderers(browser: int) -> list[int]:
    """Reads from /proc the ids of the renderer processes that the process ``browser`` started, directly or not."""
    below, found = {browser}, []
    # A pass over /proc may list a child before its parent; each pass finds at least one more generation.
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
