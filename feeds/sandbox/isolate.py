"""Reading in a process that can be killed; called by the worker's threads for every feed, page and picture.

    thread -> a Child of its own, or one of Children -> python -m feeds.sandbox.child (limited memory and CPU time)

A child serves until it dies, is killed for slowness, or has done its share; the next task starts
another one. Nothing is forked from the threaded parent: the child is a fresh interpreter.
"""

from __future__ import annotations

import json
import os
import queue
import selectors
import subprocess
import sys
import threading
import weakref
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Any

from feeds.clean.pictures import Picture
from feeds.discover.survey import Survey
from feeds.entry import Reading
from feeds.errors import ParseError
from feeds.limits import PARSE_MEBIBYTES, PARSE_SECONDS
from feeds.sandbox import pack
from feeds.selectors import Selectors

_SHARE = 200
_CHUNK = 1 << 16
_ANSWER_MOST = 64 * 2**20


class Isolated(ABC):
    """The tasks of a child as calls; what carries them there is up to ``ask``."""

    @abstractmethod
    def ask(self, task: dict[str, Any], body: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The answer and its bytes. Raises what the task raised, or ParseError ("killed", "memory")."""

    def read(
        self,
        body: bytes,
        *,
        address: str,
        content_type: str = "",
        zone: str = "Asia/Ho_Chi_Minh",
        now: datetime,
        page: Selectors | None = None,
        seconds: float = PARSE_SECONDS,
    ) -> Reading:
        """``feeds.read_bytes``; ParseError (codes "killed", "memory") beyond the limits too."""
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
        """Like ``read``, with the seconds that each stage took ("decode", "parse", "refine")."""
        task = {
            "task": "read",
            "address": address,
            "content_type": content_type,
            "zone": zone,
            "now": now.isoformat(),
            "page": asdict(page) if page is not None else None,
        }
        answer, _ = self.ask(task, body, seconds)
        return pack.reading_from_json(answer["reading"]), answer["spent"]

    def survey(
        self, body: bytes, *, address: str, content_type: str = "", zone: str, now: datetime,
        seconds: float = PARSE_SECONDS,
    ) -> Survey:  # fmt: skip
        """``feeds.discover.survey.survey_bytes``."""
        task = {
            "task": "survey",
            "address": address,
            "content_type": content_type,
            "zone": zone,
            "now": now.isoformat(),
        }
        return pack.survey_from_json(self.ask(task, body, seconds)[0]["survey"])

    def article(
        self, body: bytes, *, address: str, content_type: str = "", seconds: float = PARSE_SECONDS
    ) -> tuple[str, str | None, str]:
        """``formats.article.article_bytes`` as (text, image, image_alt); its library lives in the child only."""
        answer, _ = self.ask({"task": "article", "address": address, "content_type": content_type}, body, seconds)
        return answer["text"], answer["image"], answer["image_alt"]

    def picture(self, body: bytes, *, max_width: int = 1920, seconds: float = PARSE_SECONDS) -> Picture:
        """``feeds.clean.pictures.picture``."""
        answer, made = self.ask({"task": "picture", "max_width": max_width}, body, seconds)
        return Picture(made, answer["width"], answer["height"])


def read_isolated(
    body: bytes,
    *,
    address: str,
    content_type: str = "",
    zone: str = "Asia/Ho_Chi_Minh",
    now: datetime,
    page: Selectors | None = None,
    seconds: float = PARSE_SECONDS,
    mebibytes: int = PARSE_MEBIBYTES,
) -> Reading:
    """``feeds.read_bytes`` in this thread's child; ParseError (codes "killed", "memory") beyond the limits too."""
    return _child(mebibytes).read(
        body, address=address, content_type=content_type, zone=zone, now=now, page=page, seconds=seconds
    )


def survey_isolated(
    body: bytes, *, address: str, content_type: str = "", zone: str = "Asia/Ho_Chi_Minh", now: datetime
) -> Survey:
    """``feeds.discover.survey.survey_bytes`` in this thread's child; ParseError beyond the limits too."""
    return _child(PARSE_MEBIBYTES).survey(body, address=address, content_type=content_type, zone=zone, now=now)


def picture_isolated(
    body: bytes, *, max_width: int = 1920, seconds: float = PARSE_SECONDS, mebibytes: int = PARSE_MEBIBYTES
) -> Picture:
    """``feeds.clean.pictures.picture`` in this thread's child; ParseError beyond the limits too."""
    return _child(mebibytes).picture(body, max_width=max_width, seconds=seconds)


class Children(Isolated):
    """At most ``most`` children for any number of threads: whoever asks waits for a free one.

    The one used last is used next, so that a quiet worker keeps one child warm and not all of them.
    """

    def __init__(self, most: int, mebibytes: int = PARSE_MEBIBYTES) -> None:
        self._free: queue.LifoQueue[Child] = queue.LifoQueue()
        for _ in range(most):
            self._free.put(Child(mebibytes))

    def ask(self, task: dict[str, Any], body: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        child = self._free.get()
        try:
            return child.ask(task, body, seconds)
        finally:
            self._free.put(child)


class Child(Isolated):
    """One process that does tasks, started when the first one comes.

    ``command`` and ``start_seconds`` (how long a fresh interpreter may take to say that it is ready) are for
    tests to hand in.
    """

    def __init__(self, mebibytes: int, command: Sequence[str] = (), start_seconds: float = 20.0) -> None:
        self.mebibytes = mebibytes
        self._start_seconds = start_seconds
        self._command = tuple(command) or (sys.executable, "-P", "-m", "feeds.sandbox.child", str(mebibytes))
        self._process: subprocess.Popen[bytes] | None = None
        self._finalizer: weakref.finalize[..., Child] | None = None
        self._done = 0

    def ask(self, task: dict[str, Any], body: bytes, seconds: float) -> tuple[dict[str, Any], bytes]:
        """The answer and its bytes. Raises what the task raised, or ParseError "killed" for a child that
        died or took longer than ``seconds`` (the start of a new child is not counted)."""
        try:
            process = self._running()
            answer, made = _Exchange(process, pack.line({**task, "seconds": seconds}, body), seconds).run()
        except _Broken as error:
            self.close()
            raise ParseError("Nội dung nguồn làm quá tải bộ đọc nên đã bị dừng.", "killed") from error
        self._done += 1
        if self._done >= _SHARE or answer.get("last"):
            self.close()
        if "error" in answer:
            raise pack.error_from_json(answer["error"])
        return answer, made

    def close(self) -> None:
        """End the process, whatever it is doing."""
        self._process, self._done = None, 0
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
                process_group=0,  # a Ctrl-C at the console is not for it
            )
            for pipe in (self._process.stdin, self._process.stdout):
                if pipe is not None:
                    os.set_blocking(pipe.fileno(), False)
            self._finalizer = weakref.finalize(self, _end, self._process)
            _Exchange(self._process, b"", self._start_seconds).run()
        return self._process


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.wait()
    for pipe in (process.stdin, process.stdout):
        if pipe is not None and not pipe.closed:
            pipe.close()


def _environment() -> dict[str, str]:
    """What the child needs to find this package and no more: the parent's secrets may stand in its environment."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "TZDIR") if name in os.environ}
    return {**kept, "PYTHONPATH": str(Path(__file__).resolve().parents[2]), "PYTHONUTF8": "1"}


class _Broken(Exception):  # noqa: N818 - never leaves this module
    """The child died, spoke nonsense or was too slow."""


class _Exchange:
    """One question written and its answer read at once, so that neither side waits for the other for ever."""

    def __init__(self, process: subprocess.Popen[bytes], question: bytes, seconds: float) -> None:
        if process.stdin is None or process.stdout is None:
            raise _Broken
        self._into, self._out = process.stdin.fileno(), process.stdout.fileno()
        self._question = memoryview(question)
        self._answer = bytearray()
        self._until = monotonic() + seconds

    def run(self) -> tuple[dict[str, Any], bytes]:
        with selectors.DefaultSelector() as selector:
            if self._question:
                selector.register(self._into, selectors.EVENT_WRITE)
            selector.register(self._out, selectors.EVENT_READ)
            while (whole := self._whole()) is None:
                left = self._until - monotonic()
                ready = selector.select(left) if left > 0 else []
                if not ready:
                    raise _Broken
                for key, _ in ready:
                    self._step(key.fd, selector)
        return whole

    def _step(self, descriptor: int, selector: selectors.BaseSelector) -> None:
        try:
            if descriptor == self._out:
                piece = os.read(descriptor, _CHUNK)
                if not piece or len(self._answer) > _ANSWER_MOST:
                    raise _Broken
                self._answer += piece
            else:
                self._question = self._question[os.write(descriptor, self._question[:_CHUNK]) :]
                if not self._question:
                    selector.unregister(descriptor)
        except BlockingIOError:
            return
        except BrokenPipeError as error:
            raise _Broken from error

    def _whole(self) -> tuple[dict[str, Any], bytes] | None:
        end = self._answer.find(b"\n")
        if end < 0:
            return None
        try:
            head: dict[str, Any] = json.loads(self._answer[:end])
            size = int(head["bytes"])
        except (ValueError, LookupError, TypeError) as error:
            raise _Broken from error
        made = self._answer[end + 1 :]
        return (head, bytes(made)) if len(made) >= size else None


_OWN = threading.local()


def _child(mebibytes: int) -> Child:
    """This thread's child; one with other limits takes its place."""
    child: Child | None = getattr(_OWN, "child", None)
    if child is None or child.mebibytes != mebibytes:
        if child is not None:
            child.close()
        child = _OWN.child = Child(mebibytes)
    return child
