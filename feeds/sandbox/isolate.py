"""Runs the parsers in a process that can be killed; called by the worker, media, documents and the command line.

    thread -> a SandboxProcess of its own, or one of a SandboxPool -> feeds.sandbox.child or server.media.child

A child runs until it crashes, runs out of memory, is killed because it is slow, or has done 200 tasks; the next task
starts another one.
The child is not a fork of the parent, which has threads, but a new interpreter (docs/decisions/0015).
"""

from __future__ import annotations

import os
import queue
import subprocess
import sys
import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from types import NoneType

from feeds.entry import Picture, Reading, Survey
from feeds.formats.cap.document import CapIndex
from feeds.limits import DEFAULT_ZONE, PARSE_MEBIBYTES, PARSE_SECONDS
from feeds.sandbox import pack
from feeds.sandbox.cap_answer import cap_from_bytes
from feeds.sandbox.exchange import BrokenChild, Exchange
from feeds.sandbox.pack import Answer, Message, field
from feeds.selectors import Selectors

_TASKS_PER_PROCESS = 200


class Sandbox(ABC):
    """The tasks of feeds.sandbox.child as methods; ``seconds`` is the time limit of a task.

    Each method raises what the task itself raises, and ParseError with code "killed" if the child was killed,
    "memory" if it needed too much memory.
    """

    @abstractmethod
    def run(self, task: Message, body: bytes, seconds: float) -> Answer:
        """Sends ``task`` with ``body`` to the child; returns (fields of the answer, its bytes).

        Subclasses implement it.
        """

    def read(
        self,
        body: bytes,
        *,
        address: str,
        content_type: str = "",
        zone: str = DEFAULT_ZONE,
        now: datetime,
        page: Selectors | None = None,
        seconds: float = PARSE_SECONDS,
    ) -> Reading:
        """Runs ``feeds.read_bytes`` in the child process. Raises ParseError."""
        return self.read_timed(
            body, address=address, content_type=content_type, zone=zone, now=now, page=page, seconds=seconds
        )[0]

    def read_timed(
        self,
        body: bytes,
        *,
        address: str,
        content_type: str,
        zone: str,
        now: datetime,
        page: Selectors | None,
        seconds: float = PARSE_SECONDS,
    ) -> tuple[Reading, dict[str, float]]:
        """Like ``read``, but returns (the reading, seconds by stage: "decode", "parse", "refine")."""
        task = {
            "task": "read",
            "address": address,
            "content_type": content_type,
            "zone": zone,
            "now": now.isoformat(),
            "page": asdict(page) if page is not None else None,
        }
        answer, _ = self.run(task, body, seconds)
        spent = field(answer, "spent", dict)
        return pack.reading_from_json(answer.get("reading")), {name: field(spent, name, float) for name in spent}

    def read_cap(
        self,
        body: bytes,
        *,
        address: str,
        content_type: str = "",
        zone: str = DEFAULT_ZONE,
        certificate: str = "",
        seconds: float = PARSE_SECONDS,
    ) -> CapIndex:
        """Runs ``feeds.formats.cap.reader.read_cap`` in the child process. Raises ParseError."""
        task = {
            "task": "cap",
            "address": address,
            "content_type": content_type,
            "zone": zone,
            "certificate": certificate,
        }
        return cap_from_bytes(self.run(task, body, seconds)[1])

    def check_cap(
        self, body: bytes, *, content_type: str = "", seconds: float = PARSE_SECONDS
    ) -> tuple[tuple[str, tuple[str, ...]], ...]:
        """Compares the CAP alerts in ``body`` with the standard, for those who write alerts; empty for an index.

        Returns for each alert (its identifier, Vietnamese sentences about what is wrong with it). Runs
        ``feeds.formats.cap.conformance.faults_in`` in the child process. Raises ParseError.
        """
        answer, _ = self.run({"task": "cap faults", "content_type": content_type}, body, seconds)
        return tuple((str(name), tuple(map(str, found))) for name, found in field(answer, "alerts", list))

    def survey(
        self,
        body: bytes,
        *,
        address: str,
        content_type: str = "",
        zone: str = DEFAULT_ZONE,
        now: datetime,
        seconds: float = PARSE_SECONDS,
    ) -> Survey:
        """Runs ``feeds.discover.survey.survey_bytes`` in the child process. Raises ParseError."""
        task = {
            "task": "survey",
            "address": address,
            "content_type": content_type,
            "zone": zone,
            "now": now.isoformat(),
        }
        return pack.survey_from_json(self.run(task, body, seconds)[0].get("survey"))

    def article(
        self, body: bytes, *, address: str, content_type: str = "", seconds: float = PARSE_SECONDS
    ) -> tuple[str, str | None, str]:
        """Runs ``feeds.formats.article.article_bytes`` in the child process; returns (text, image, image_alt).

        The result is not an Article, because its module would import large libraries into this process. Raises
        ParseError.
        """
        answer, _ = self.run({"task": "article", "address": address, "content_type": content_type}, body, seconds)
        return field(answer, "text", str), field(answer, "image", str, NoneType), field(answer, "image_alt", str)

    def picture(self, body: bytes, *, max_width: int = 1920, seconds: float = PARSE_SECONDS) -> Picture:
        """Runs ``feeds.clean.pictures.picture`` in the child process. Raises PictureError."""
        answer, made = self.run({"task": "picture", "max_width": max_width}, body, seconds)
        return Picture(made, field(answer, "width", int), field(answer, "height", int))


class SandboxPool(Sandbox):
    """At most ``most`` children, shared by any number of threads; a thread waits until a child is free.

    The child that was used last is used next, so that with little work only one child runs.
    """

    def __init__(self, most: int, mebibytes: int = PARSE_MEBIBYTES) -> None:
        self._free: queue.LifoQueue[SandboxProcess] = queue.LifoQueue()
        for _ in range(most):
            self._free.put(SandboxProcess(mebibytes))

    def run(self, task: Message, body: bytes, seconds: float) -> Answer:
        """Runs ``SandboxProcess.run`` in the next free child; ``seconds`` does not include the wait for it."""
        process = self._free.get()
        try:
            return process.run(task, body, seconds)
        finally:
            self._free.put(process)


class SandboxProcess(Sandbox):
    """One child with ``mebibytes`` of address space, started by its first task. Only one thread at a time may use it.

    ``command`` is a program to start instead of feeds.sandbox.child; it must limit its own memory, because
    ``mebibytes`` is not passed on. ``start_seconds`` is how long a new child may take until it sends its ready
    message.
    """

    def __init__(
        self, mebibytes: int = PARSE_MEBIBYTES, command: Sequence[str] = (), start_seconds: float = 20.0
    ) -> None:
        self._start_seconds = start_seconds
        self._command = tuple(command) or (sys.executable, "-P", "-m", "feeds.sandbox.child", str(mebibytes))
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[..., SandboxProcess] | None = None
        self._tasks_done = 0

    def run(self, task: Message, body: bytes, seconds: float) -> Answer:
        """Runs ``task`` on ``body``; returns (fields of the answer, its bytes). Raises what the task raises.

        Raises ParseError "killed" if the child exited, sent a malformed answer or needed longer than ``seconds``, its
        start not counted, or if its start took longer than ``start_seconds``; OSError if it cannot be started.
        """
        try:
            process = self._running()
            answer, made = Exchange(process, pack.line({**task, "seconds": seconds}, body), seconds).run()
        except BrokenChild as error:
            self.close()
            raise pack.killed() from error
        self._tasks_done += 1
        if self._tasks_done >= _TASKS_PER_PROCESS or answer.get("last"):
            self.close()
        if "error" in answer:
            raise pack.error_from_json(answer["error"])
        return answer, made

    def close(self) -> None:
        """Kills the child process, even during a task; the next task starts another one."""
        self._process, self._tasks_done = None, 0
        if self._finalizer is not None:
            self._finalizer()

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is not None:
            self.close()
        if self._process is None:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                bufsize=0,
                env=_environment(),
                process_group=0,  # so that Ctrl-C in the terminal does not reach the child
            )
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
            self._finalizer = weakref.finalize(self, _kill, self._process)
            Exchange(self._process, b"", self._start_seconds).run()
        return self._process


def _kill(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()


def _environment() -> dict[str, str]:
    """Returns the child's environment variables: only those that it needs, as the parent's may contain secrets."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUTF8": "1"}
