"""The program beside the browser of a screen: ``python3 guard.py https://SERVER/screen``; started by systemd.

It starts Chromium and never gives up on it (patience.py says when it is helped), takes photographs when the desk
asks, switches the panel by the board's hours, hands the screen over for a meeting and takes it back. One log line
an event, as JSON. The standard library and websocket-client; nothing of the server is imported.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from time import monotonic
from typing import Any
from urllib.parse import quote, urlsplit

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from display.guard.background_task import BackgroundTask
from display.guard.chromium import Chromium, Silent
from display.guard.panel import Panel, due_on
from display.guard.restart_policy import RestartPolicy
from display.guard.screenshots import Screenshots
from display.guard.server_link import ServerLink

BEAT = 5.0
STEP = 0.5
PROGRAMS = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
# Where the page is, and what it keeps of its pairing (display/device/identity.js); a public board's page has none.
# Whether
# it is ours and alive, by what main.js and screen.js set when they run; and whether it may still come as far as that.
WHO = (
    "JSON.stringify([location.href, location.origin === 'null' ? null : localStorage.getItem('bangtin.screen'),"
    " 'bangtin' in window || 'pairing' in document.documentElement.dataset, document.readyState !== 'complete'])"
)
# An empty page may be one that is just being loaded: so many beats long it is let be.
LOADING = 3
# So many beats a page that is not ours may stand there, or one of ours whose scripts have not come.
FOREIGN = 6
# So many starts without a single answer, and the window system is taken for lost.
MUTE_STARTS = 3
# Seconds without a state from the server, after which the panel is on whatever the hours may be.
UNTOLD = 30.0
# In the place of the browser's own page of errors, while a device that has nothing yet waits for its server.
WAITING = "data:text/html;charset=utf-8," + quote(
    "<!doctype html><html lang=vi><title>Bảng tin</title><style>body{margin:0;height:100vh;display:grid;"
    "place-items:center;background:#fbf9f4;color:#14213a;font:3vw/1.5 sans-serif}</style>"
    "<p>Đang chờ kết nối với máy chủ…"
)


def knock(host: str, port: int, within: float) -> None:
    """Raises OSError where nobody is there."""
    socket.create_connection((host, port), timeout=within).close()


class Guard:
    """One screen's. ``clock`` is seconds that only go forward; ``say`` takes what is worth a line.

    ``ear`` makes the connection to the server, ``knock`` asks whether it is there. ``compositor``: it runs in one,
    which may lose its output for ever; then ``lost`` comes true, and only who starts both anew can help.
    """

    def __init__(
        self,
        browser: Chromium,
        patience: RestartPolicy,
        panel: Panel,
        *,
        clock: Callable[[], float] = monotonic,
        say: Callable[..., None],
        beat: float = BEAT,
        ear: Callable[[str, str, str], ServerLink] = ServerLink,
        knock: Callable[[str, int, float], None] = knock,
        compositor: bool = False,
    ) -> None:
        self.browser, self.patience, self.panel = browser, patience, panel
        self._clock, self._say, self._every, self._make_ear, self._knock = clock, say, beat, ear, knock
        self._begun, self._next_beat = clock(), 0.0
        self._compositor, self._mute_starts = compositor, 0
        self.lost = False
        self._ear: ServerLink | None = None
        self._who: dict[str, str] | None = None
        self._state: dict[str, Any] | None = None
        self._ahead = 0.0
        self._away_until: int | None = None
        self._done: set[str] = set()
        self._waits_said = False
        self._unheard = False
        self._elsewhere = 0
        self._screenshots = Screenshots(
            browser, lambda id: f"{self._origin()}/glass/screenshots/{id}", clock=clock, say=say
        )
        self._knocks: BackgroundTask | None = None

    def step(self) -> None:
        """One look at everything; called twice a second."""
        begun = self._clock()
        self._hear()
        self._screenshots.step(self._server_time(), (self._who or {}).get("key", ""))
        now = self._excuse(begun)
        if self._away():
            return
        if not self.browser.running():
            self._start(now, "ended" if self.patience.starts else "first")
        elif now >= self._next_beat:
            self._next_beat = now + self._every
            self._beat()
        act = self.patience.due(self._clock()) if self.browser.running() else "wait"
        if act == "reload":
            self._reload()
        elif act == "restart":
            self._say("restart", silent=self._silent())
            # It has not answered for so long: it would not hear a request to go either.
            self.browser.end(within=0)
        begun = self._clock()
        # A television may have been put to standby by a guard that had heard of the hours.
        told = self._state is not None or begun - self._begun >= UNTOLD
        if told and (done := self.panel.turn(due_on(self._state, self._server_time()))):
            self._say("panel" if done.by else "panel not switched", on=done.on, by=done.by, why=done.why[:120])
        self._excuse(begun)

    def _excuse(self, begun: float) -> float:
        """What the guard was busy with since ``begun`` is no silence of the page; the time now."""
        now = self._clock()
        self.patience = self.patience.excused(now - begun)
        return now

    def end(self) -> None:
        if self._ear is not None:
            self._ear.stop()
        self.browser.end()

    # the browser

    def _silent(self) -> float:
        """Seconds since the last sign of life."""
        return round(self._clock() - self.patience.beat, 1)

    def _start(self, now: float, why: str) -> None:
        pause = self.patience.pause(now)
        if pause > 0:
            if not self._waits_said:
                self._say("start waits", seconds=round(pause))
            self._waits_said = True
            return
        self._waits_said = False
        if self._compositor and self._mute_starts >= MUTE_STARTS:
            self.lost = True
            self._say("window system lost", starts=self._mute_starts)
            return
        self._mute_starts += 1
        self.browser.end()
        self.browser.start()
        self.patience = self.patience.started(now)
        self._next_beat = now + min(1.0, self._every)
        self._say("start", why=why)

    def _beat(self) -> None:
        try:
            said = self.browser.ask(WHO, self._every)
        except Silent as silence:
            self._say("no answer", why=str(silence)[:120])
            self._unheard = True
            if silence.crashed:
                self._reload()
            return
        self.patience = self.patience.alive(self._clock())
        self._mute_starts = 0
        if self._unheard:
            self._say("answers again")
            self._unheard = False
        try:
            href, kept, ours, loading = json.loads(said)
        except (TypeError, ValueError):
            href, kept, ours, loading = "", None, False, False
        if not href.startswith(("http:", "https:")):
            self._bring_back(href)
        elif ours or loading:
            self._elsewhere = 0
            self._meet(kept)
        else:
            self._bring_home(href)

    def _origin(self) -> str:
        address = urlsplit(self.browser.address)
        return f"{address.scheme}://{address.netloc}"

    def _bring_back(self, href: str) -> None:
        """The browser shows something else: its page of errors, or an empty one after a crash at the wrong moment."""
        waits = href.startswith("data:")
        self._elsewhere += 1
        if not waits and not href.startswith("chrome-error:") and self._elsewhere < LOADING:
            return
        there = self._server_is_there()
        if there or not waits:
            self._elsewhere = 0
            self._say("page lost" if there else "waits for the server", at=href[:40])
            self._load(self.browser.address if there else WAITING)

    def _bring_home(self, href: str) -> None:
        """A proxy's page of errors, an address that is gone, somebody else's page: it answers, and shows no board."""
        self._elsewhere += 1
        if self._elsewhere >= FOREIGN:
            self._elsewhere = 0
            self._say("page lost", at=href[:40])
            # The server need not be there: the page may be held by the browser (display/offline.js).
            self._load(self.browser.address)

    def _server_is_there(self) -> bool:
        address = urlsplit(self.browser.address)
        port = address.port or (443 if address.scheme == "https" else 80)
        begun = self._clock()
        # A name alone may take a minute to be found, and systemd's watchdog does not wait longer than that.
        knock = self._knocks or BackgroundTask(lambda: self._knock(address.hostname or "", port, self._every))
        why = knock.why(self._every)
        self._knocks = knock if why is None else None
        self._excuse(begun)
        return why == ""

    def _reload(self) -> None:
        silent = self._silent()
        killed = self.browser.kill_renderers()
        self.patience = self.patience.helped(self._clock())
        self._say("renderer killed", count=killed, silent=silent)
        self._load(self.browser.address)

    def _load(self, address: str) -> None:
        try:
            self.browser.load(address, self._every)
        except Silent as silence:
            self._say("not loaded", why=str(silence)[:120])

    # the server

    def _meet(self, kept: object) -> None:
        """The page has been paired, or paired anew: its key is the guard's."""
        try:
            who = json.loads(kept) if isinstance(kept, str) else None
        except ValueError:
            who = None
        if not isinstance(who, dict) or "key" not in who or who == self._who:
            return
        if self._ear is not None:
            self._ear.stop()
        self._who = who
        self._ear = self._make_ear(self.browser.address, str(who["screen"]), str(who["key"]))
        self._ear.start()
        self._say("listens", screen=who["screen"])

    def _server_time(self) -> int:
        return round(self._clock() * 1000 + self._ahead)

    def _hear(self) -> None:
        while self._ear is not None and not self._ear.heard.empty():
            event, said = self._ear.heard.get()
            try:
                self._take(event, said)
            except (KeyError, TypeError, ValueError) as error:
                # A server of another time; what it means is the page's business too, and the screen must go on.
                self._say("not understood", what=event, why=str(error)[:120])

    def _take(self, event: str, said: Any) -> None:
        if event == "state":
            self._state = said
            self._ahead = said["now"] - self._clock() * 1000
        elif event == "notice" and self._state is not None:
            others = [one for one in self._state["notices"] if one["id"] != said["notice"]["id"]]
            self._state = {**self._state, "notices": [*others, said["notice"]]}
        elif event == "clear" and self._state is not None:
            left = [one for one in self._state["notices"] if one["id"] != said["id"]]
            self._state = {**self._state, "notices": left}
        elif event == "command":
            self._obey(said)

    def _obey(self, command: dict[str, Any]) -> None:
        """Carries a command out once; the page has its own (reload, identify)."""
        id, name = str(command["id"]), command["name"]
        if id in self._done or self._server_time() >= command["until"]:
            return
        self._done.add(id)
        if name == "screenshot":
            self._screenshots.want(command)
        elif name == "handover":
            self._away_until = int(command["until"])
            self.browser.end()
            self._say("handed over", until=self._away_until)
        elif name == "takeback":
            self._away_until = None
            self._say("taken back")

    def _away(self) -> bool:
        """During a meeting; what is urgent, and the meeting's end, take the screen back."""
        if self._away_until is None:
            return False
        now = self._server_time()
        urgent = self._state and any(n["level"] == "urgent" and now < n["until"] for n in self._state["notices"])
        if now < self._away_until and not urgent:
            return True
        self._away_until = None
        self._say("taken back", urgent=bool(urgent))
        return False


def tell_systemd(words: str) -> None:
    """READY=1 and WATCHDOG=1, where systemd has asked for them."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address:
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(words.encode(), "\0" + address[1:] if address.startswith("@") else address)


def say(event: str, **facts: object) -> None:
    print(json.dumps({"event": event, **facts}, ensure_ascii=False), flush=True)  # noqa: T201 - this is its log


def main() -> int:
    """The exit code: 1 where systemd has to start the window system and the guard anew."""
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
    # On a closed network without TLS this one origin is trusted, so that it may keep what it needs to start cold.
    more = [] if secure else [f"--unsafely-treat-insecure-origin-as-secure={address.scheme}://{address.netloc}"]
    browser = Chromium(given.chromium, given.profile, given.address, [*more, *given.flag])
    patience = RestartPolicy(beat=monotonic(), reload_after=3 * given.beat, restart_after=5 * given.beat)
    in_compositor = bool(os.environ.get("WAYLAND_DISPLAY"))
    guard = Guard(browser, patience, Panel(given.output), say=say, beat=given.beat, compositor=in_compositor)
    stop = threading.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: stop.set())
    tell_systemd("READY=1")
    while not stop.is_set() and not guard.lost:
        guard.step()
        tell_systemd("WATCHDOG=1")
        stop.wait(STEP)
    guard.end()
    return int(guard.lost)


if __name__ == "__main__":
    sys.exit(main())
