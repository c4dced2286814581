"""Takes the screenshots that the desk requests and sends them to the server; called by guard.py."""

from __future__ import annotations

import urllib.request
from collections import deque
from collections.abc import Callable

from display.guard.background_task import BackgroundTask
from display.guard.chromium import Chromium, Silent
from display.guard.messages import Payload

TAKE_WITHIN = 5.0
"""Seconds within which the browser must deliver a screenshot."""
SEND_WITHIN = 30.0
"""Seconds after which the guard stops waiting for a screenshot to be sent."""
ANSWER_WITHIN = 10.0
"""Timeout in seconds for each operation of the socket that sends a screenshot: connect, send, receive."""


class Screenshots:
    """Takes one screenshot at a time: the next one after the last one was sent or has failed.

    ``address`` returns the URL to which the screenshot with a given id is posted, ``clock`` returns monotonic
    seconds, ``say`` logs an event with its facts.
    """

    def __init__(
        self,
        browser: Chromium,
        address: Callable[[str], str],
        *,
        clock: Callable[[], float],
        say: Callable[..., None],
    ) -> None:
        self._browser, self._address, self._clock, self._say = browser, address, clock, say
        self._wanted: deque[Payload] = deque()
        self._sending: tuple[str, BackgroundTask] | None = None

    def want(self, command: Payload) -> None:
        """Queues a screenshot; ``command`` is the server's message, with ``id`` and ``until`` (server time in ms)."""
        self._wanted.append(command)

    def step(self, server_time: int, key: str) -> None:
        """Takes the next screenshot, or checks whether the one being sent has finished.

        A command whose ``until`` is not after ``server_time`` (milliseconds) is dropped. ``key`` is the screen's key,
        with which the screenshot is sent.
        """
        if self._sending is not None:
            self._follow(*self._sending)
        elif self._wanted:
            command = self._wanted.popleft()
            if server_time < command["until"]:
                self._take(str(command["id"]), key)

    def _follow(self, id: str, task: BackgroundTask) -> None:
        why = task.why()
        if why is None and self._clock() < task.until:
            return
        self._sending = None
        if why is None:
            why = f"not sent within {SEND_WITHIN:g} s"
        if why:
            self._say("not photographed", id=id, why=why[:120])
        else:
            self._say("photographed", id=id)

    def _take(self, id: str, key: str) -> None:
        request = urllib.request.Request(  # noqa: S310 - the address comes from the command line
            self._address(id), method="POST", headers={"Authorization": f"Bearer {key}", "Content-Type": "image/png"}
        )
        try:
            request.data = self._browser.screenshot(TAKE_WITHIN)
        except Silent as silence:
            self._say("not photographed", id=id, why=str(silence)[:120])
            return
        send = BackgroundTask(
            lambda: urllib.request.urlopen(request, timeout=ANSWER_WITHIN).close(),  # noqa: S310 - as above
            until=self._clock() + SEND_WITHIN,
        )
        self._sending = (id, send)
