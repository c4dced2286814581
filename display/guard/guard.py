"""Watches the browser of a screen: ``python3 guard.py https://SERVER/screen``; started by systemd on the device.

It starts Chromium and restarts it for ever (restart_policy.py says when), takes screenshots when the desk asks for
them, switches the panel by the board's hours, hands the screen over for a meeting and takes it back. It logs one JSON
line for each event. It needs only the standard library and websocket-client, and imports nothing of the server.
"""

from __future__ import annotations

import argparse
import os
import queue
import signal
import socket
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from time import monotonic
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from display.guard import page_check
from display.guard.chromium import Chromium, Silent
from display.guard.messages import EventPayload, Payload
from display.guard.panel import Panel, due_on
from display.guard.reporting import say, tell_systemd
from display.guard.restart_policy import RestartPolicy
from display.guard.screenshots import Screenshots
from display.guard.server_check import ServerCheck
from display.guard.server_link import ServerLink

BEAT = 5.0
"""Seconds between two beats; a beat checks whether the page answers (``Guard._beat``)."""
STEP = 0.5
"""Seconds between two calls of ``Guard.step``."""
PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
LOADING = 3
"""Number of beats for which an empty page is tolerated, because it may still be loading; then our page is loaded."""
FOREIGN = 6
"""Number of beats for which a foreign page, or one of ours whose scripts have not run, is tolerated."""
MUTE_STARTS = 3
"""Browser starts in a row without an answer from the page, after which the window system counts as lost."""
UNTOLD = 30.0
"""Seconds from the guard's start without a `state` message, after which the panel is switched on at any hour."""
# The page shown instead of the browser's error page, while a device without a stored page cannot reach the server.
WAITING = "data:text/html;charset=utf-8," + quote(
    "<!doctype html><html lang=vi><title>Bảng tin</title><style>body{margin:0;height:100vh;display:grid;"
    "place-items:center;background:#fbf9f4;color:#14213a;font:3vw/1.5 sans-serif}</style>"
    "<p>Đang chờ kết nối với máy chủ…"
)


def connect(host: str, port: int, within: float) -> None:
    """Opens a TCP connection and closes it. Raises OSError if it is not accepted within ``within`` seconds."""
    socket.create_connection((host, port), timeout=within).close()


class Guard:
    """Watches the browser and the panel of one screen.

    ``clock`` returns monotonic seconds; ``say`` logs an event with its fields; ``beat`` is the time between two
    checks of the page, in seconds; ``make_link`` makes the connection to the server; ``connect`` tests whether the
    server accepts connections. ``compositor`` says that the guard runs in a Wayland compositor. A compositor may lose
    its display permanently; then ``lost`` becomes true, and systemd has to restart the compositor and the guard.
    """

    def __init__(
        self,
        browser: Chromium,
        policy: RestartPolicy,
        panel: Panel,
        *,
        clock: Callable[[], float] = monotonic,
        say: Callable[..., None],
        beat: float = BEAT,
        make_link: Callable[[str, str, str], ServerLink] = ServerLink,
        connect: Callable[[str, int, float], None] = connect,
        compositor: bool = False,
    ) -> None:
        self.browser, self.policy, self.panel = browser, policy, panel
        self._clock, self._say, self._make_link = clock, say, make_link
        self._begun, self._beat_every, self._next_beat = clock(), beat, 0.0
        self._compositor, self._mute_starts = compositor, 0
        self.lost = False
        self._link: ServerLink | None = None
        self._pairing: page_check.Pairing | None = None
        self._state: Payload | None = None
        self._clock_offset = 0.0  # server time minus our clock, in milliseconds
        self._away_until: int | None = None
        self._carried_out: set[str] = set()
        self._pause_logged = False
        self._silence_logged = False
        self._wrong_page_beats = 0
        self._screenshots = Screenshots(
            browser, lambda id: f"{self._origin()}/glass/screenshots/{id}", clock=clock, say=say
        )
        self._server_check = ServerCheck(browser.address, connect, beat)

    def step(self) -> None:
        """Handles the server's messages and screenshots, then checks browser and panel; called twice a second."""
        begun = self._clock()
        self._read_messages()
        self._screenshots.step(self._server_time(), self._pairing.key if self._pairing else "")
        now = self._excuse(begun)
        if self._handed_over():
            return
        self._watch_browser(now)
        self._switch_panel()

    def _watch_browser(self, now: float) -> None:
        if not self.browser.running():
            self._start(now, "ended" if self.policy.starts else "first")
        elif now >= self._next_beat:
            self._next_beat = now + self._beat_every
            self._beat()
        action = self.policy.due(self._clock()) if self.browser.running() else "wait"
        if action == "reload":
            self._reload()
        elif action == "restart":
            self._say("restart", silent=self._silent())
            # A browser whose page has not answered until now does not react to SIGTERM either.
            self.browser.end(within=0)

    def _switch_panel(self) -> None:
        begun = self._clock()
        # Until the state is known the panel is left alone; after UNTOLD seconds without one it is switched on,
        # because an earlier guard may have switched it off.
        known = self._state is not None or begun - self._begun >= UNTOLD
        if known and (done := self.panel.turn(due_on(self._state, self._server_time()))):
            self._say("panel" if done.by else "panel not switched", on=done.on, by=done.by, why=done.why[:120])
        self._excuse(begun)

    def _excuse(self, begun: float) -> float:
        """Excludes the time since ``begun``, when the guard was busy, from the page's silence; returns now."""
        now = self._clock()
        self.policy = self.policy.excused(now - begun)
        return now

    def end(self) -> None:
        """Ends the connection to the server, and ends the browser."""
        if self._link is not None:
            self._link.stop()
        self.browser.end()

    # the browser

    def _silent(self) -> float:
        """Seconds since the page's last answer."""
        return round(self._clock() - self.policy.beat, 1)

    def _start(self, now: float, why: str) -> None:
        pause = self.policy.pause(now)
        if pause > 0:
            if not self._pause_logged:
                self._say("start waits", seconds=round(pause))
            self._pause_logged = True
            return
        self._pause_logged = False
        if self._compositor and self._mute_starts >= MUTE_STARTS:
            self.lost = True
            self._say("window system lost", starts=self._mute_starts)
            return
        self._mute_starts += 1
        self.browser.end()
        self.browser.start()
        self.policy = self.policy.started(now)
        self._next_beat = now + min(1.0, self._beat_every)
        self._say("start", why=why)

    def _beat(self) -> None:
        """Checks through DevTools whether the page runs, and replaces it if it is not this program's."""
        try:
            answer = self.browser.ask(page_check.EXPRESSION, self._beat_every)
        except Silent as silence:
            self._say("no answer", why=str(silence)[:120])
            self._silence_logged = True
            if silence.crashed:
                self._reload()
            return
        self.policy = self.policy.alive(self._clock())
        self._mute_starts = 0
        if self._silence_logged:
            self._say("answers again")
            self._silence_logged = False
        page = page_check.read(answer)
        if not page.served:
            self._replace_own_page(page.address)
        elif page.ours or page.loading:
            self._wrong_page_beats = 0
            self._follow_pairing(page)
        else:
            self._replace_foreign_page(page.address)

    def _origin(self) -> str:
        address = urlsplit(self.browser.address)
        return f"{address.scheme}://{address.netloc}"

    def _replace_own_page(self, address: str) -> None:
        """Loads this program's page if the server accepts connections, else the page WAITING.

        Called after each check that found the browser's own error page, an empty page or WAITING. An empty page may
        still be loading, so it is replaced only after LOADING checks in a row.
        """
        waits = address.startswith("data:")
        self._wrong_page_beats += 1
        if not waits and not address.startswith("chrome-error:") and self._wrong_page_beats < LOADING:
            return
        there = self._server_is_there()
        if there or not waits:
            self._wrong_page_beats = 0
            self._say("page lost" if there else "waits for the server", at=address[:40])
            self._load(self.browser.address if there else WAITING)

    def _replace_foreign_page(self, address: str) -> None:
        """Replaces a foreign page (a proxy's error, a 404, another site) after FOREIGN checks in a row found one."""
        self._wrong_page_beats += 1
        if self._wrong_page_beats >= FOREIGN:
            self._wrong_page_beats = 0
            self._say("page lost", at=address[:40])
            # Even if the server is unreachable: the service worker may have stored the page (display/offline.js).
            self._load(self.browser.address)

    def _server_is_there(self) -> bool:
        begun = self._clock()
        there = self._server_check.answers()
        self._excuse(begun)
        return there

    def _reload(self) -> None:
        silent = self._silent()
        killed = self.browser.kill_renderers()
        self.policy = self.policy.helped(self._clock())
        self._say("renderer killed", count=killed, silent=silent)
        self._load(self.browser.address)

    def _load(self, address: str) -> None:
        try:
            self.browser.load(address, self._beat_every)
        except Silent as silence:
            self._say("not loaded", why=str(silence)[:120])

    # the server

    def _follow_pairing(self, page: page_check.Page) -> None:
        """Connects to the server with the key that the page stores; connects anew if the page has another pairing."""
        found = page_check.pairing(page)
        if found is None or found == self._pairing:
            return
        if self._link is not None:
            self._link.stop()
        self._pairing = found
        self._link = self._make_link(self.browser.address, found.screen, found.key)
        self._link.start()
        self._say("listens", screen=found.screen)

    def _server_time(self) -> int:
        """The server's time in milliseconds since 1970 UTC; meaningless before the first state has arrived."""
        return round(self._clock() * 1000 + self._clock_offset)

    def _read_messages(self) -> None:
        while self._link is not None and not self._link.heard.empty():
            message = self._link.heard.get()
            try:
                self._take(message)
            except (KeyError, TypeError, ValueError) as error:
                # The server may have another version; a message that cannot be read must not stop the guard.
                self._say("not understood", what=message[0], why=str(error)[:120])

    def _take(self, message: EventPayload) -> None:
        event, payload = message
        if event == "state":
            self._state = payload
            self._clock_offset = payload["now"] - self._clock() * 1000
        elif event == "notice" and self._state is not None:
            others = [one for one in self._state["notices"] if one["id"] != payload["notice"]["id"]]
            self._state = {**self._state, "notices": [*others, payload["notice"]]}
        elif event == "clear" and self._state is not None:
            left = [one for one in self._state["notices"] if one["id"] != payload["id"]]
            self._state = {**self._state, "notices": left}
        elif event == "command":
            self._carry_out(payload)

    def _carry_out(self, command: Payload) -> None:
        """Executes a command once, unless it has expired; ``reload``, ``identify`` and ``test`` are the page's."""
        id, name = str(command["id"]), command["name"]
        if id in self._carried_out or self._server_time() >= command["until"]:
            return
        self._carried_out.add(id)
        if name == "screenshot":
            self._screenshots.want(command)
        elif name == "handover":
            self._away_until = int(command["until"])
            self.browser.end()
            self._say("handed over", until=self._away_until)
        elif name == "takeback":
            self._away_until = None
            self._say("taken back")

    def _handed_over(self) -> bool:
        """Whether the screen is handed over to a meeting; ends the handover at its time or for an urgent notice."""
        if self._away_until is None:
            return False
        now = self._server_time()
        urgent = self._state and any(n["level"] == "urgent" and now < n["until"] for n in self._state["notices"])
        if now < self._away_until and not urgent:
            return True
        self._away_until = None
        self._say("taken back", urgent=bool(urgent))
        return False


def main() -> int:
    """Runs the guard; returns the exit code, 1 if systemd has to restart the window system and the guard."""
    options = argparse.ArgumentParser(description="Giữ cho màn hình luôn sáng và luôn chạy")
    options.add_argument("address", help="https://MÁY-CHỦ/screen, hoặc /board/TÊN của một bảng tin công cộng")
    options.add_argument("--profile", type=Path, default=Path.home() / ".local/share/bangtin-screen")
    options.add_argument("--chromium", default=next((one for one in PROGRAMS if Path(one).exists()), PROGRAMS[0]))
    options.add_argument("--output", default="HDMI-A-1", help="tên cổng màn hình cho wlr-randr")
    options.add_argument("--beat", type=float, default=BEAT, help="giây giữa hai lần hỏi trang")
    options.add_argument("--flag", action="append", default=[], help="cờ thêm cho Chromium")
    given = options.parse_args()
    address = urlsplit(given.address)
    secure = address.scheme == "https" or address.hostname in ("localhost", "127.0.0.1")
    # On a closed network without TLS, Chromium is told to treat the server's origin as secure: only then may the page
    # store what it needs to start without the server.
    more = [] if secure else [f"--unsafely-treat-insecure-origin-as-secure={address.scheme}://{address.netloc}"]
    browser = Chromium(given.chromium, given.profile, given.address, [*more, *given.flag])
    policy = RestartPolicy(beat=monotonic(), reload_after=3 * given.beat, restart_after=5 * given.beat)
    in_compositor = bool(os.environ.get("WAYLAND_DISPLAY"))
    guard = Guard(browser, policy, Panel(given.output), say=say, beat=given.beat, compositor=in_compositor)
    # Not a threading.Event: a signal handler runs in the main thread, and would deadlock in Event.set while the main
    # thread holds the event's lock in Event.wait.
    stop: queue.SimpleQueue[int] = queue.SimpleQueue()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda number, _: stop.put(number))
    tell_systemd("READY=1")
    while stop.empty() and not guard.lost:
        guard.step()
        tell_systemd("WATCHDOG=1")
        with suppress(queue.Empty):
            stop.put(stop.get(timeout=STEP))
    guard.end()
    return int(guard.lost)


if __name__ == "__main__":
    sys.exit(main())
