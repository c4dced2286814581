"""The guard's decisions, step by step, with a fake browser and clock; a real socket where a server is needed."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from display.guard.chromium import Chromium, Silent
from display.guard.guard import BEAT, FOREIGN, MUTE_STARTS, STEP, UNTOLD, Guard
from display.guard.panel import Panel
from display.guard.restart_policy import RestartPolicy
from display.guard.screenshots import SEND_WITHIN
from display.guard.server_link import ServerLink
from tests.station import until

KEPT = json.dumps({"screen": "7", "key": "k", "board": "thu"})
HOUR = 3_600_000


class Clock:
    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


class Browser(Chromium):
    """A fake browser that records what the guard does to it; ``shows`` is the address of its page.

    If ``silent`` is true, no question is answered before its timeout. A screenshot takes ``drawing`` seconds.
    """

    def __init__(self, clock: Clock, address: str) -> None:
        super().__init__("", Path(), address)
        self.clock, self.shows = clock, address
        self.kept: str | None = KEPT
        self.ours, self.loading = True, False
        self.silent = self.dies = False
        self.drawing = 0.0
        self.runs = False
        self.done: list[str] = []

    def start(self) -> None:
        self.runs = not self.dies
        self.done.append("start")

    def running(self) -> bool:
        return self.runs

    def end(self, *_: object, **__: object) -> None:
        if self.runs:
            self.done.append("end")
        self.runs = False

    def kill_renderers(self) -> int:
        self.done.append("kill")
        return 1

    def ask(self, _: str, timeout: float) -> object:
        if self.silent:
            self.clock.now += timeout
            raise Silent("timed out")
        return json.dumps([self.shows, self.kept, self.ours, self.loading])

    def load(self, address: str, *_: object, **__: object) -> None:
        self.done.append(f"load {address}")

    def screenshot(self, *_: object, **__: object) -> bytes:
        self.clock.now += self.drawing
        return b"PNG"


class Quiet(ServerLink):
    """A server link without a connection; it receives only what the test puts into ``heard``."""

    def start(self) -> None:
        """Does nothing, so that no connection is opened."""


class Room:
    """A guard with fakes for all that it controls; the test runs its steps."""

    def __init__(self, address: str = "http://127.0.0.1:9/screen", **more: Any) -> None:
        self.clock = Clock()
        self.browser = Browser(self.clock, address)
        self.said: list[dict[str, Any]] = []
        self.links: list[ServerLink] = []
        self.ran: list[str] = []
        self.guard = Guard(
            self.browser,
            RestartPolicy(beat=self.clock.now),
            Panel(which=lambda name: name if name == "xset" else None, run=self._run, clock=self.clock),
            clock=self.clock,
            say=lambda event, **facts: self.said.append({"event": event, **facts}),
            make_link=self._link,
            **more,
        )

    def _link(self, server: str, screen: str, key: str) -> ServerLink:
        self.links.append(Quiet(server, screen, key))
        return self.links[-1]

    def _run(self, command: Sequence[str], _: bytes) -> str:
        self.ran.append(" ".join(command))
        return ""

    def steps(self, seconds: float) -> None:
        """Runs as many steps of the guard as its loop does in ``seconds``."""
        end = self.clock.now + seconds
        while self.clock.now < end:
            self.guard.step()
            self.clock.now += STEP

    def ask(self, name: str, id: int = 1) -> None:
        command = {"id": str(id), "name": name, "until": round(self.clock.now * 1000) + HOUR}
        self.links[-1].heard.put(("command", command))

    def events(self) -> list[str]:
        """The names of the logged events, without those about the panel."""
        return [one["event"] for one in self.said if one["event"] != "panel"]

    def has(self, event: str) -> Callable[[], bool]:
        """Returns a function that runs a step and says whether the event has been logged; for use with ``until``."""

        def look() -> bool:
            self.guard.step()
            return event in self.events()

        return look


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """A socket that accepts connections and sends nothing by itself."""
    with socket.create_server(("127.0.0.1", 0)) as made:
        made.settimeout(10)
        yield made


def at(server: socket.socket) -> Room:
    """A guard that has already connected to ``server``."""
    room = Room(f"http://127.0.0.1:{server.getsockname()[1]}/screen")
    room.steps(3)
    assert room.events() == ["start", "listens"]
    return room


def answer(server: socket.socket) -> None:
    client, _ = server.accept()
    with client:
        client.recv(65_536)
        client.sendall(b"HTTP/1.1 204 No Content\r\nConnection: close\r\n\r\n")


# silence


def test_a_page_that_hangs_is_helped_after_fifteen_seconds_and_started_anew_after_twenty_five() -> None:
    room = Room()
    room.steps(3)
    room.browser.silent = True
    room.steps(40)
    silences = [(one["event"], one["silent"]) for one in room.said if "silent" in one]
    assert [event for event, _ in silences[:2]] == ["renderer killed", "restart"]
    assert all(least <= silent < least + 5 for least, (_, silent) in zip((15, 25), silences, strict=False)), silences


def test_what_keeps_the_guard_busy_is_no_silence_of_the_page(server: socket.socket) -> None:
    room = at(server)
    room.browser.drawing = 45.0
    room.ask("screenshot")
    room.steps(60)
    assert room.browser.done == ["start"]


def test_a_page_that_hangs_while_the_guard_is_busy_is_helped_first(server: socket.socket) -> None:
    room = at(server)
    room.browser.drawing = 45.0
    room.browser.silent = True
    room.ask("screenshot")
    room.steps(90)
    assert room.browser.done[1:4] == ["kill", f"load {room.browser.address}", "end"]


def test_a_photograph_is_sent_while_the_guard_goes_on(server: socket.socket) -> None:
    room = at(server)
    room.ask("screenshot")
    room.steps(10)
    assert "not photographed" not in room.events()
    answer(server)
    until(room.has("photographed"), "the photograph")


def test_a_photograph_that_takes_too_long_is_given_up_and_the_next_one_is_sent(server: socket.socket) -> None:
    room = at(server)
    room.ask("screenshot", 1)
    room.ask("screenshot", 2)
    room.steps(SEND_WITHIN + 2)
    assert [one["id"] for one in room.said if one["event"] == "not photographed"] == ["1"]
    for _ in range(2):
        answer(server)
    until(room.has("photographed"), "the second one")
    assert room.said[-1]["id"] == "2"


def test_a_name_that_is_looked_up_for_long_does_not_hold_the_guard() -> None:
    found = threading.Event()
    looks: list[str] = []

    def look_up(host: str, *_: object) -> None:
        looks.append(host)
        found.wait(10)
        raise OSError("no such name")

    room = Room(beat=0.01, connect=look_up)
    room.browser.shows = "chrome-error://chromewebdata/"
    room.steps(3)
    assert not found.is_set()
    # Only one lookup runs at a time, however long it takes.
    assert looks == ["127.0.0.1"]
    assert "waits for the server" in room.events()
    found.set()


# pages


def test_a_page_of_errors_is_loaded_again_after_some_beats_until_it_is_ours() -> None:
    room = Room()
    room.browser.ours = False
    room.steps((FOREIGN - 1) * BEAT)
    assert room.browser.done == ["start"]
    room.steps(2 * FOREIGN * BEAT)
    assert room.browser.done == ["start", *[f"load {room.browser.address}"] * 2]
    # A key stored in a foreign page is not taken for the screen's key.
    assert room.events() == ["start", "page lost", "page lost"]
    room.browser.ours = True
    room.steps(2 * FOREIGN * BEAT)
    assert room.events()[3:] == ["listens"]


def test_a_page_over_a_slow_line_is_let_be() -> None:
    room = Room()
    room.browser.ours, room.browser.loading = False, True
    room.steps(4 * FOREIGN * BEAT)
    room.browser.loading = False
    room.steps((FOREIGN - 1) * BEAT)
    room.browser.ours = True
    room.steps(2 * FOREIGN * BEAT)
    assert room.browser.done == ["start"]


# the window system


def test_a_browser_that_never_answers_in_a_compositor_ends_the_guard_after_three_starts() -> None:
    room = Room(compositor=True)
    room.browser.dies = True
    room.steps(5)
    assert room.guard.lost
    assert room.browser.done == ["start"] * MUTE_STARTS


def test_a_browser_that_has_answered_once_between_is_started_again_for_ever() -> None:
    room = Room(compositor=True)
    for _ in range(2 * MUTE_STARTS):
        room.steps(400)
        room.browser.runs = False
    assert not room.guard.lost
    assert room.browser.done.count("start") == 2 * MUTE_STARTS


def test_without_a_compositor_the_guard_never_gives_up() -> None:
    room = Room()
    room.browser.dies = True
    room.steps(3_600)
    assert not room.guard.lost
    assert room.browser.done.count("start") > MUTE_STARTS


# the panel


def test_a_panel_in_standby_is_lit_once_where_no_server_tells_the_hours() -> None:
    room = Room()
    room.steps(UNTOLD - 1)
    assert room.ran == []
    room.steps(600)
    assert room.ran == ["xset dpms force on"]


def test_a_panel_is_not_lit_before_the_server_has_told_the_hours() -> None:
    room = Room()
    room.steps(3)
    board = {"hours": [["05:00", "22:30"]], "zone": "UTC"}
    room.links[-1].heard.put(("state", {"now": HOUR, "board": board, "notices": []}))
    room.steps(600)
    assert room.ran == ["xset dpms force off"]
