"""Speaks the DevTools protocol over two pipes that only the browser and this process hold; used by chromium.py.

A debugging port, even on loopback, could be used by every program of the machine: to read the screen's key, or to
show anything at all. Messages are JSON, ended by a zero byte; the browser reads descriptor 3 and writes descriptor 4
(chromium/src/content/browser/devtools/devtools_pipe_handler.cc).
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
from collections.abc import Mapping, Sequence
from contextlib import suppress
from time import monotonic
from typing import Any

FLAG = "--remote-debugging-pipe"
_CHUNK = 1 << 16
# Run in the new process: puts the pipes where the browser expects them, then becomes the browser. Between fork and
# exec nothing of the guard may run, because it has threads.
_BECOME = """
import fcntl, os, sys
given = [int(one) for one in sys.argv[1:3]]
apart = [fcntl.fcntl(one, fcntl.F_DUPFD_CLOEXEC, 10) for one in given]
for one in given:
    os.set_inheritable(one, False)
for place, one in zip((3, 4), apart):
    os.dup2(one, place)
os.execvp(sys.argv[3], sys.argv[3:])
"""


class PipeError(Exception):
    """The browser did not answer in time, or has closed the pipe."""


class Devtools:
    """Starts a browser and sends commands to its first page; the first command attaches to that page."""

    def __init__(self, command: Sequence[str]) -> None:
        """Starts the browser in a process group of its own. Raises OSError.

        ``command`` must contain FLAG, which makes Chromium use the two pipes.
        """
        theirs_in, self._to = os.pipe()
        self._from, theirs_out = os.pipe()
        # A browser that hangs does not read; the guard must not hang with it.
        os.set_blocking(self._to, False)
        try:
            self.process = subprocess.Popen(
                [sys.executable, "-I", "-S", "-c", _BECOME, str(theirs_in), str(theirs_out), *command],
                stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
                start_new_session=True, pass_fds=(theirs_in, theirs_out),
            )  # fmt: skip
        except OSError:
            self.close()
            raise
        finally:
            os.close(theirs_in)
            os.close(theirs_out)
        self._read = b""
        self._asked = 0
        self._session = ""

    def close(self) -> None:
        """Closes the pipes; the process keeps running."""
        for end in (self._to, self._from):
            with suppress(OSError):
                os.close(end)

    def detach(self) -> None:
        """Forgets the attached tab and ignores its later messages; the next command attaches to the first page."""
        if self._session:
            with suppress(PipeError):
                self._send("Target.detachFromTarget", {"sessionId": self._session}, "")
        self._session = ""

    def command(self, method: str, params: Mapping[str, object], timeout: float) -> Mapping[str, Any]:
        """Sends a command to the page and returns its answer, or the event that the page has crashed.

        The answer is the DevTools message with "result" or "error". Raises PipeError if there is no answer within
        ``timeout`` seconds, or if the browser has no page.
        """
        until = monotonic() + timeout
        if not self._session:
            self._attach(until)
        return self._ask(method, params, self._session, until)

    def _attach(self, until: float) -> None:
        listed = self._ask("Target.getTargets", {}, "", until)
        pages = [one for one in listed.get("result", {}).get("targetInfos", ()) if one.get("type") == "page"]
        if not pages:
            raise PipeError("no page")
        attached = self._ask("Target.attachToTarget", {"targetId": pages[0]["targetId"], "flatten": True}, "", until)
        if "error" in attached:
            raise PipeError(str(attached["error"].get("message", "")))
        self._session = str(attached["result"]["sessionId"])
        self._send("Inspector.enable", {}, self._session)

    def _ask(self, method: str, params: Mapping[str, object], session: str, until: float) -> Mapping[str, Any]:
        mine = self._send(method, params, session)
        while True:
            message = self._receive(until)
            of_tab = bool(session) and message.get("sessionId") == session
            if of_tab and message.get("method") == "Inspector.targetCrashed" and method != "Page.navigate":
                return message
            if message.get("id") == mine:
                return message

    def _send(self, method: str, params: Mapping[str, object], session: str) -> int:
        """Writes one command to the browser; returns its id, which the answer will contain. Raises PipeError."""
        self._asked += 1
        text = json.dumps(
            {"id": self._asked, "method": method, "params": params} | ({"sessionId": session} if session else {})
        )
        data = text.encode() + b"\0"
        try:
            written = os.write(self._to, data)
        except OSError as error:
            raise PipeError(str(error)) from error
        if written < len(data):
            # Half a message makes the pipe unusable; the guard restarts a browser that does not read.
            raise PipeError("the browser does not read")
        return self._asked

    def _receive(self, until: float) -> Mapping[str, Any]:
        parts = [self._read]
        while b"\0" not in parts[-1]:
            ready, _, _ = select.select([self._from], [], [], max(0.0, until - monotonic()))
            piece = os.read(self._from, _CHUNK) if ready else b""
            if not piece:
                self._read = b"".join(parts)
                raise PipeError("the browser has closed the pipe" if ready else "timed out")
            parts.append(piece)
        message, _, self._read = b"".join(parts).partition(b"\0")
        found: Mapping[str, Any] = json.loads(message)
        return found
