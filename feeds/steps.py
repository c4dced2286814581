"""Tries one source step by step, with the time and size of each step; called by ``run.py read --steps`` and trials.

    resolve -> connect -> tls -> answer -> body -> decode -> parse -> entries -> pictures

Each step is reported as soon as it ends. If a source cannot be fetched or parsed, the step that failed is the last.
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
from feeds.download.http import Fetched, fetch
from feeds.download.request import FetchPolicy
from feeds.entry import Reading
from feeds.errors import FeedError
from feeds.limits import MAX_BYTES
from feeds.sandbox.isolate import SandboxProcess
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
# Names of the same stages in httpcore and feeds.download.address_guard; other events are not shown.
_EVENTS: dict[str, StepName] = {
    "guard.resolve": "resolve",
    "connection.connect_tcp": "connect",
    "connection.start_tls": "tls",
    "http11.receive_response_headers": "answer",
    "http11.receive_response_body": "body",
}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a trial: its duration in ``seconds``, and the number of ``bytes`` received, 0 if there are none.

    ``message`` is Vietnamese: details of the step, or the error if it is not ``ok``.
    """

    name: StepName
    ok: bool
    seconds: float
    bytes: int = 0
    message: str = ""

    @property
    def label(self) -> str:
        """The name of the step for display, in Vietnamese."""
        return LABELS[self.name]


@dataclass(frozen=True, slots=True)
class TrialResult:
    """The content of a source; `steps` yields it last, after all Steps, if the source could be read."""

    reading: Reading


def steps(
    address: str,
    *,
    zone: str,
    now: datetime,
    policy: FetchPolicy,
    page: Selectors | None = None,
    resolve: Resolve = system_resolve,
) -> Iterator[Step | TrialResult]:
    """Yields each step when it ends, then the TrialResult if the source could be read. Raises no FeedError.

    ``address`` is a URL or a path, ``zone`` the source's time zone, ``page`` the selectors of a list page, None for a
    feed.
    """
    sandbox = SandboxProcess()
    try:
        got = yield from _fetched(address, policy, resolve)
        if got is None:
            return
        reading = yield from _read(sandbox, got, zone, now, page)
        if reading is None:
            return
        yield from _picture(sandbox, reading, policy, resolve)
        yield TrialResult(reading)
    finally:
        sandbox.close()


def _fetched(address: str, policy: FetchPolicy, resolve: Resolve) -> Generator[Step, None, Fetched | None]:
    begun = monotonic()
    if "://" not in address:
        try:
            # A folder is tried by its newest file.
            address = str(files_of(Path(address))[0])
            body = open_file(Path(address), MAX_BYTES)
        except FeedError as error:
            yield Step("body", False, monotonic() - begun, message=error.message)
            return None
        yield Step("body", True, monotonic() - begun, len(body))
        return Fetched.of_file(address, body)
    events: queue.SimpleQueue[Step | Fetched | FeedError] = queue.SimpleQueue()
    timer = _StageTimer(events)

    def run() -> None:
        try:
            events.put(fetch(address, policy, resolve=resolve, trace=timer))
        except FeedError as error:
            events.put(error)

    threading.Thread(target=run, name="try", daemon=True).start()
    while True:
        event = events.get()
        if isinstance(event, Step):
            yield event
        elif isinstance(event, FeedError):
            yield Step(timer.at, False, timer.elapsed(), message=event.message)
            return None
        else:
            yield Step("body", True, timer.elapsed(), len(event.body), message=_response_text(event))
            return event


def _response_text(got: Fetched) -> str:
    parts = [f"HTTP {got.status}", got.content_type or "không rõ kiểu"]
    parts += [f"chuyển tới {got.url}"] if got.permanent else []
    return ", ".join(parts)


class _StageTimer:
    """Turns the trace events of a fetch into steps, and puts them into the queue ``events``, except the step "body".

    The step "body" needs the size of the body, which is known only from the response that ``fetch`` returns.
    """

    def __init__(self, events: queue.SimpleQueue[Step | Fetched | FeedError]) -> None:
        self._events = events
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
            self._events.put(Step(step, True, self.elapsed()))
            # The time between two stages is counted for the later one.
            self.at, self._begun = ("body" if step == "answer" else self.at), monotonic()

    def elapsed(self) -> float:
        return monotonic() - self._begun


def _read(
    sandbox: SandboxProcess, got: Fetched, zone: str, now: datetime, page: Selectors | None
) -> Generator[Step, None, Reading | None]:
    begun = monotonic()
    try:
        reading, spent = sandbox.read_timed(
            got.body, address=got.url, content_type=got.content_type, zone=zone, now=now, page=page
        )
    except FeedError as error:
        yield Step("parse", False, monotonic() - begun, len(got.body), error.message)
        return None
    yield Step("decode", True, spent.get("decode", 0.0), len(got.body))
    yield Step("parse", True, spent.get("parse", 0.0))
    notes = "; ".join(dict.fromkeys(reading.notes))
    message = f"{len(reading.entries)} mục" + (f" ({notes})" if notes else "")
    yield Step("entries", bool(reading.entries), spent.get("refine", 0.0), message=message)
    return reading


def _picture(sandbox: SandboxProcess, reading: Reading, policy: FetchPolicy, resolve: Resolve) -> Iterator[Step]:
    """Yields the step "pictures": fetches and converts only the first picture of the reading, as a sample."""
    pictures = [entry.image for entry in reading.entries if entry.image]
    address = next((at for at in pictures if at.startswith("http")), None)
    begun = monotonic()
    if address is None:
        yield Step("pictures", True, 0.0, message=f"{len(pictures)} ảnh")
        return
    try:
        got = fetch(address, policy, resolve=resolve)
        made = sandbox.picture(got.body)
    except FeedError as error:
        yield Step("pictures", False, monotonic() - begun, message=f"{len(pictures)} ảnh; ảnh đầu: {error.message}")
        return
    message = f"{len(pictures)} ảnh; ảnh đầu {made.width}×{made.height}, còn {len(made.body) // 1024} KiB"
    yield Step("pictures", True, monotonic() - begun, len(got.body), message)
