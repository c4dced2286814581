"""What the desk wants to see of the glass: taken from the browser and sent to the server; called by guard.py."""

from __future__ import annotations

import urllib.request
from collections import deque
from collections.abc import Callable
from typing import Any

from display.guard.background_task import BackgroundTask
from display.guard.chromium import Chromium, Silent

# Seconds for the browser to give a picture.
TAKE_WITHIN = 5.0
# Seconds in which one is at the server, or is given up; and for each step of the way there.
SEND_WITHIN = 30.0
ANSWER_WITHIN = 10.0


class Screenshots:
    """One at a time: the next one when the last one has been sent, or was given up.

    ``address`` of a photograph's id is where it goes. ``clock`` is seconds that only go forward, ``say`` takes what
    is worth a line.
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
        self._wanted: deque[dict[str, Any]] = deque()
        self._sends: tuple[str, BackgroundTask] | None = None

    def want(self, command: dict[str, Any]) -> None:
        self._wanted.append(command)

    def step(self, server_time: int, key: str) -> None:
        """One look; ``server_time`` in milliseconds, by which a command is over, ``key`` is the screen's."""
        if self._sends is not None:
            self._follow(*self._sends)
        elif self._wanted:
            command = self._wanted.popleft()
            if server_time < command["until"]:
                self._take(str(command["id"]), key)

    def _follow(self, id: str, task: BackgroundTask) -> None:
        why = task.why()
        if why is None and self._clock() < task.until:
            return
        self._sends = None
        if why is None:
            why = f"not sent within {SEND_WITHIN:g} s"
        if why:
            self._say("not photographed", id=id, why=why[:120])
        else:
            self._say("photographed", id=id)

    def _take(self, id: str, key: str) -> None:
        request = urllib.request.Request(  # noqa: S310 - the server that the keeper named
            self._address(id), method="POST", headers={"Authorization": f"Bearer {key}", "Content-Type": "image/png"}
        )
        try:
            request.data = self._browser.picture(TAKE_WITHIN)
        except Silent as silence:
            self._say("not photographed", id=id, why=str(silence)[:120])
            return
        send = BackgroundTask(
            lambda: urllib.request.urlopen(request, timeout=ANSWER_WITHIN).close(),  # noqa: S310 - as above
            until=self._clock() + SEND_WITHIN,
        )
        self._sends = (id, send)
