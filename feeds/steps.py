"""One source tried step by step, with the time and the bytes of each; for ``run.py read --steps`` and the desk.

    resolve -> connect -> tls -> answer -> body -> decode -> parse -> entries -> pictures

A step is told as soon as it is done. The first that fails is the last.
"""

from __future__ import annotations

import queue
import threading
from collections.abc import Generator, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from time import monotonic
from typing import Literal

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.files import files_of, open_file
from feeds.download.http import Fetched, FetchPolicy, fetch
from feeds.entry import Reading
from feeds.errors import FeedError
from feeds.limits import MAX_BYTES, PARSE_MEBIBYTES
from feeds.sandbox.isolate import Child
from feeds.selectors import Selectors

StepName = Literal["resolve", "connect", "tls", "answer", "body", "decode", "parse", "entries", "pictures"]
LABELS: dict[StepName, str] = {
    "resolve": "Tra tên máy chủ",
    "connect": "Kết nối",
    "tls": "Bảo mật (TLS)",
    "answer": "Chờ trả lời",
    "body": "Tải nội dung",
    "decode": "Giải mã chữ",
    "parse": "Đọc cấu trúc",
    "entries": "Các mục tin",
    "pictures": "Ảnh",
}
# What httpcore and feeds.download.address_guard call the same; those that are not named here are no steps for people.
_EVENTS: dict[str, StepName] = {
    "guard.resolve": "resolve",
    "connection.connect_tcp": "connect",
    "connection.start_tls": "tls",
    "http11.receive_response_headers": "answer",
    "http11.receive_response_body": "body",
}


@dataclass(frozen=True, slots=True)
class Step:
    """``seconds`` it took; ``bytes`` that it brought; ``said`` is plain Vietnamese, the error where not ``ok``."""

    name: StepName
    ok: bool
    seconds: float
    bytes: int = 0
    said: str = ""

    @property
    def label(self) -> str:
        return LABELS[self.name]


@dataclass(frozen=True, slots=True)
class Tried:
    """The end of a trial that came through: what was read."""

    reading: Reading


def steps(
    address: str,
    *,
    zone: str,
    now: datetime,
    policy: FetchPolicy,
    page: Selectors | None = None,
    resolve: Resolve = system_resolve,
) -> Iterator[Step | Tried]:
    """Each step as it is done, then what was read; nothing after a step that failed. Raises nothing of feeds."""
    child = Child(PARSE_MEBIBYTES)
    try:
        got = yield from _fetched(address, policy, resolve)
        if got is None:
            return
        reading = yield from _read(child, got, zone, now, page)
        if reading is None:
            return
        yield from _picture(child, reading, policy, resolve)
        yield Tried(reading)
    finally:
        child.close()


def _fetched(address: str, policy: FetchPolicy, resolve: Resolve) -> Generator[Step, None, Fetched | None]:
    begun = monotonic()
    if "://" not in address:
        try:
            # Of a folder the newest file is tried.
            address = str(files_of(Path(address))[0])
            body = open_file(Path(address), MAX_BYTES)
        except FeedError as error:
            yield Step("body", False, monotonic() - begun, said=error.message)
            return None
        yield Step("body", True, monotonic() - begun, len(body))
        return Fetched(address, 200, body, "", "", "", None, None, None)
    told: queue.SimpleQueue[Step | Fetched | FeedError] = queue.SimpleQueue()
    clock = _Clock(told)

    def run() -> None:
        try:
            told.put(fetch(address, policy, resolve=resolve, trace=clock))
        except FeedError as error:
            told.put(error)

    threading.Thread(target=run, name="try", daemon=True).start()
    while True:
        said = told.get()
        if isinstance(said, Step):
            yield said
        elif isinstance(said, FeedError):
            yield Step(clock.at, False, clock.waited(), said=said.message)
            return None
        else:
            yield Step("body", True, clock.waited(), len(said.body), said=_answer(said))
            return said


def _answer(got: Fetched) -> str:
    parts = [f"HTTP {got.status}", got.content_type or "không rõ kiểu"]
    parts += [f"chuyển tới {got.url}"] if got.permanent else []
    return ", ".join(parts)


class _Clock:
    """Turns the events of a fetch into steps; the body's end is told with the answer itself, which knows its size."""

    def __init__(self, told: queue.SimpleQueue[Step | Fetched | FeedError]) -> None:
        self._told = told
        self._begun = monotonic()
        self.at: StepName = "resolve"

    def __call__(self, event: str, _info: object) -> None:
        name, _, stage = event.rpartition(".")
        step = _EVENTS.get(name)
        if step is None:
            return
        if stage == "started":
            self.at, self._begun = step, monotonic()
        elif stage == "complete" and step != "body":
            self._told.put(Step(step, True, self.waited()))
            # What is between two stages belongs to the one that follows.
            self.at, self._begun = ("body" if step == "answer" else self.at), monotonic()

    def waited(self) -> float:
        return monotonic() - self._begun


def _read(
    child: Child, got: Fetched, zone: str, now: datetime, page: Selectors | None
) -> Generator[Step, None, Reading | None]:
    begun = monotonic()
    try:
        reading, spent = child.read_timed(
            got.body, address=got.url, content_type=got.content_type, zone=zone, now=now, page=page
        )
    except FeedError as error:
        yield Step("parse", False, monotonic() - begun, len(got.body), error.message)
        return None
    yield Step("decode", True, spent.get("decode", 0.0), len(got.body))
    yield Step("parse", True, spent.get("parse", 0.0))
    notes = "; ".join(dict.fromkeys(reading.notes))
    said = f"{len(reading.entries)} mục" + (f" ({notes})" if notes else "")
    yield Step("entries", bool(reading.entries), spent.get("refine", 0.0), said=said)
    return reading


def _picture(child: Child, reading: Reading, policy: FetchPolicy, resolve: Resolve) -> Iterator[Step]:
    """The first picture, as a sample of them."""
    pictures = [entry.image for entry in reading.entries if entry.image]
    address = next((at for at in pictures if at.startswith("http")), None)
    begun = monotonic()
    if address is None:
        yield Step("pictures", True, 0.0, said=f"{len(pictures)} ảnh")
        return
    try:
        got = fetch(address, policy, resolve=resolve)
        made = child.picture(got.body)
    except FeedError as error:
        yield Step("pictures", False, monotonic() - begun, said=f"{len(pictures)} ảnh; ảnh đầu: {error.message}")
        return
    said = f"{len(pictures)} ảnh; ảnh đầu {made.width}×{made.height}, còn {len(made.body) // 1024} KiB"
    yield Step("pictures", True, monotonic() - begun, len(got.body), said)
