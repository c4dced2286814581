"""Runs the real program for tests: server and worker as processes on loopback; used by browser tests and bench.

A ``Station`` starts ``run.py serve`` and ``run.py worker`` separately, so that each can be killed and started again.
It kills, by process id, everything that it has started.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import selectors
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from time import monotonic
from typing import Any, Self

from server.core.model import Announcement, Notice, Window
from server.core.screens.screens import CollectedKey
from server.core.times import from_ms
from server.store.announcements import announcements
from server.store.database.engine import Database
from server.store.notices import notices
from server.store.screens import pairing
from tests.paths import ROOT
from tests.ports import free_port

RUN = ROOT / "run.py"
SHIPPED = ROOT / "config.toml"
PATIENCE = 90.0  # seconds, for a busy machine
ACTOR = "lan"
_ADDRESS = re.compile(rb"\(running\): http://localhost:(\d+)/")


def until(condition: Callable[[], Any], what: str, seconds: float = PATIENCE, every: float = 0.1) -> Any:
    """Waits until ``condition()`` is true; returns its value. Raises AssertionError with ``what`` after ``seconds``.

    It calls ``condition`` first after a hundredth of a second, then at growing intervals of up to ``every`` seconds.
    """
    nobody = threading.Event()
    pause, deadline = min(0.01, every), monotonic() + seconds
    while not (found := condition()):
        assert monotonic() < deadline, f"not within {seconds:g} s: {what}"
        nobody.wait(pause)
        pause = min(every, pause * 1.5)
    return found


@dataclass(frozen=True, slots=True)
class Feed:
    """A source in the configuration of a test, which the worker reads every ``minutes``."""

    slug: str
    url: str
    area: str = "tinh"
    minutes: float = 15.0


def config_text(boards: Iterable[str], feeds: Iterable[Feed] = (), lanes: dict[str, list[str]] | None = None) -> str:
    """The text of a config.toml: a province, and for each board a commune of the same slug to which it belongs.

    ``lanes`` maps a board to the slugs of the sources that it shows.
    """
    lines = ['[server]\nport = 0\nuncapped = ["127.0.0.0/8"]\n[fetch]\nallow_private = ["127.0.0.0/8"]']
    lines.append('[[areas]]\nslug = "tinh"\nname = "Tỉnh Hưng Yên"')
    named = list(boards)
    lines += [f'[[areas]]\nslug = "{slug}"\nname = "Xã {slug}"\nparent = "tinh"' for slug in named]
    for feed in feeds:
        lines.append(
            f'[[sources]]\nslug = "{feed.slug}"\nname = "Nguồn {feed.slug}"\nurl = {json.dumps(feed.url)}\n'
            f'area = "{feed.area}"\nevery_minutes = {feed.minutes:g}\ntrust = "auto"'
        )
    for slug in named:
        wanted = ", ".join(
            f'{{ source = "{one}", most = 20, newest_days = 36500 }}' for one in (lanes or {}).get(slug, [])
        )
        lines.append(
            f'[[boards]]\nslug = "{slug}"\nname = "Bảng {slug}"\narea = "{slug}"\npublic = true\n'
            f"upper_share = 1.0\nlanes = [{wanted}]"
        )
    return "\n\n".join(lines) + "\n"


@dataclass(slots=True)
class Station:
    """One data folder and the server and worker that run on it.

    ``config`` is the path of config.toml, ``folder`` contains data and logs, ``program`` are the arguments with which
    Python starts the program, ``database`` is the URL of the store that config.toml names.
    """

    folder: Path
    config: Path
    port: int = field(default_factory=free_port)
    program: tuple[str, ...] = (str(RUN),)
    database: str = "sqlite:///bangtin.db"
    server: subprocess.Popen[bytes] | None = None
    worker: subprocess.Popen[bytes] | None = None
    _others: list[subprocess.Popen[str]] = field(default_factory=list)
    _db: Database | None = None
    _behind: timedelta | None = None

    @classmethod
    def of(cls, folder: Path, text: str) -> Self:
        """A station whose config.toml with the content ``text`` is written into ``folder``; nothing is started."""
        folder.mkdir(parents=True, exist_ok=True)
        config = folder / "config.toml"
        config.write_text(text, encoding="utf-8")
        return cls(folder, config)

    # processes

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def address(self) -> str:
        return f"http://localhost:{self.port}"

    def start(self, *, worker: bool = True) -> Self:
        """Starts the server and, if ``worker``, the worker; returns when the server answers."""
        self.restart()
        if worker:
            self.work()
        return self

    def restart(self) -> None:
        """Starts the server, on the same port as before; returns when it answers."""
        assert self.server is None or self.server.poll() is not None, "the server is running"
        self.server = self._popen("serve", stdout=subprocess.PIPE)
        self.port = self._said_port(self.server)
        until(self.answers, "the server answers")

    def work(self) -> None:
        self.worker = self._popen("worker", stdout=subprocess.DEVNULL)

    def kill9_server(self) -> None:
        _kill9(self.server)

    def kill9_worker(self) -> None:
        _kill9(self.worker)

    def stop(self) -> None:
        """Kills server and worker and closes the store, so that it can be restored; ``start`` may follow."""
        _kill9(self.server)
        _kill9(self.worker)
        if self._db is not None:
            self._db.close()
            self._db = None

    def close(self) -> None:
        self.stop()
        for process in self._others:
            _kill9(process)

    def _command(self, *arguments: str) -> list[str]:
        base = [sys.executable, *self.program, "--config", str(self.config), "--data", str(self.data)]
        return [*base, "--port", str(self.port), *arguments]

    def _launch(self, *arguments: str) -> list[str]:
        """The command with which the server or the worker starts; it must run in the process that is started."""
        return self._command(*arguments)

    def _environment(self) -> dict[str, str]:
        # If a supervisor runs the tests, the station's processes must not report to it. Python may write compiled
        # files, with which a start is three times as fast.
        dropped = ("BANGTIN_SUPERVISOR", "PYTHONDONTWRITEBYTECODE")
        return {name: value for name, value in os.environ.items() if name not in dropped}

    def _popen(self, role: str, *, stdout: int) -> subprocess.Popen[bytes]:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / f"{role}.log").open("ab") as log:
            return subprocess.Popen(
                self._launch(role), stdin=subprocess.DEVNULL, stdout=stdout, stderr=log, env=self._environment()
            )

    def _said_port(self, process: subprocess.Popen[bytes]) -> int:
        assert process.stdout is not None
        said, deadline = b"", monotonic() + PATIENCE
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while not (found := _ADDRESS.search(said)):
                assert selector.select(max(0.0, deadline - monotonic())), f"no address within {PATIENCE:g} s"
                piece = os.read(process.stdout.fileno(), 4096)
                assert piece, f"the server ended:\n{self.log('serve')}"
                said += piece
        return int(found[1])

    def log(self, role: str = "serve") -> str:
        """What the server (``serve``) or the ``worker`` has written to standard error so far."""
        return (self.folder / f"{role}.log").read_text(encoding="utf-8", errors="replace")

    # commands

    def cli(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Runs a command of ``run.py`` on this station's data until it ends; returns its exit code and output."""
        process = self.begin(*arguments)
        out, err = process.communicate(timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def begin(self, *arguments: str) -> subprocess.Popen[str]:
        """Starts a command of ``run.py`` without waiting for it."""
        process = subprocess.Popen(
            self._command(*arguments),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=self._environment(),
        )
        self._others.append(process)
        return process

    # HTTP

    def get(self, path: str) -> tuple[int, bytes]:
        """Status and body of a GET request. Raises OSError if nothing answers."""
        connection = self._connection()
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read()
        except http.client.HTTPException as error:
            raise ConnectionError(str(error)) from error
        finally:
            connection.close()

    def _connection(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=PATIENCE)

    def answers(self) -> bool:
        try:
            return self.get("/healthz")[0] == 200
        except OSError:
            return False

    def state(self, board: str) -> dict[str, Any]:
        """The board's `state` message, read by HTTP."""
        status, body = self.get(f"/glass/state?board={board}")
        assert status == 200, f"{board}: {status}"
        found: dict[str, Any] = json.loads(body)
        return found

    def titles(self, board: str) -> list[str]:
        return [slide["title"] for slide in self.state(board)["lap"]["slides"]]

    def hash_of(self, board: str, title: str) -> str:
        """The hash of the first slide with this title in the board's lap; empty if there is none."""
        slides = self.state(board)["lap"]["slides"]
        return next((str(one["hash"]) for one in slides if one["title"] == title), "")

    def now(self, board: str) -> datetime:
        """The server's time, from the `state` of a board."""
        return from_ms(self.state(board)["now"])

    # the store, written as the desk does

    @property
    def store(self) -> Database:
        if self._db is None:
            self._db = Database.open(self.database, self.data)
        return self._db

    def pair(self, board: str, now: datetime) -> CollectedKey:
        """Pairs a new screen with a board; returns its number and key."""
        code, secret, _ = pairing.open_code(self.store, now)
        pairing.claim(self.store, code, board, actor=ACTOR, now=now)
        collected = pairing.collect(self.store, code, secret, now)
        assert collected is not None
        return collected

    def announce(
        self, board: str, title: str, now: datetime, *, start: datetime | None = None, end: datetime | None = None
    ) -> Announcement:
        """Posts an approved announcement for the board's commune, so short that it is shown for six seconds."""
        wanted = Announcement(
            id=0,
            area=board,
            title=title,
            text="Mời bà con theo dõi.",
            windows=(Window(start or now, end),),
            created=now,
            created_by=ACTOR,
        )
        return announcements.post(self.store, wanted, actor=ACTOR)

    def push(self, board: str, headline: str, now: datetime, *, seconds: float = 3600, **changes: Any) -> Notice:
        """Posts a live notice for the area ``board``, urgent unless ``level`` is given; it lasts ``seconds``."""
        given: dict[str, Any] = {"level": "urgent", "acts": ("Ở trong nhà",), "sender": "Xã", "created_by": ACTOR}
        wanted = Notice(
            id=0,
            headline=headline,
            areas=(board,),
            issued=now,
            until=now + timedelta(seconds=seconds),
            **(given | changes),
        )
        return notices.post(self.store, wanted, actor=ACTOR, now=now)


def _kill9(process: subprocess.Popen[Any] | None) -> None:
    if process is None:
        return
    if process.poll() is None:
        os.kill(process.pid, signal.SIGKILL)
        process.wait(PATIENCE)
    for pipe in (process.stdout, process.stderr):
        if pipe is not None:
            pipe.close()
