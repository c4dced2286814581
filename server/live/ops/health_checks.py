"""Checks this server, the worker, desk, store and disk every two seconds; /readyz and /metrics read the result.

The pages never query the store themselves, because anybody may request /readyz as often as they like.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

import gevent
import structlog
from gevent.threadpool import ThreadPool

from server.live.loop.db_thread import DbThread
from server.live.ops.health import Health
from server.live.rotation.director import Director
from server.store.database import probe, worker_beats
from server.store.database.engine import Database
from server.store.database.errors import StoreBusy, StoreCorrupt, StoreError

log = structlog.get_logger("health")

FULL_BYTES = 8 << 20
LOW_BYTES = 256 << 20
SILENT_SECONDS = 30.0
DESK_SECONDS = 10.0
CHECK_SECONDS = 10.0
MOST_NAMED = 5
_CHECK_SHARE = 20  # the integrity check of a large SQLite file takes at most 1/20 of one thread's time


class HealthChecks:
    """Runs the checks: ``look`` and ``ask_desk`` are scheduled jobs; ``report`` returns what they found.

    ``thread`` is a database thread used only here; ``writer`` is the thread that makes all writes of the server.
    ``data`` is the data folder. ``store_file`` is the SQLite file, None for PostgreSQL. ``late`` returns by how many
    seconds each job is overdue, and ``failing`` the exception name of each job that fails (JobMonitor).
    ``desk_answers`` sends the desk's process a request, returns whether it responds, and may wait. ``desk_trouble``
    returns a Vietnamese sentence about a fault of that process, or "". ``redis_lost`` returns whether Redis is
    configured and does not answer. ``without_alerts`` reads the names of those sources of alerts from which the
    worker gets no data.
    """

    def __init__(
        self,
        director: Director,
        *,
        thread: DbThread,
        writer: DbThread,
        data: Path,
        store_file: Path | None,
        monotonic: Callable[[], float],
        late: Callable[[], Mapping[str, float]],
        failing: Callable[[], Mapping[str, str]],
        desk_answers: Callable[[], bool],
        desk_trouble: Callable[[], str],
        redis_lost: Callable[[], bool],
        without_alerts: Callable[[Database], tuple[str, ...]],
    ) -> None:
        self._director, self._thread, self._writer = director, thread, writer
        self._data, self._store_file, self._monotonic = data, store_file, monotonic
        self._late, self._failing = late, failing
        self._desk_answers, self._desk_trouble, self._redis_lost = desk_answers, desk_trouble, redis_lost
        now = monotonic()
        self._worker: dict[str, int] = {}
        self._worker_heard = self._desk_heard = now
        self._check_at = now
        # A separate thread for the integrity check, because the other checks must not wait for a large file.
        self._page_reader, self._reading = ThreadPool(1), False
        self._damage = self._unwritable = ""
        self._read_without_alerts = without_alerts
        self._without_alerts: tuple[str, ...] = ()
        self._free = LOW_BYTES
        self._logged = Health()

    # called by the scheduler

    def look(self) -> None:
        """Runs all checks except ``ask_desk``, and logs the result if it differs from the last one."""
        self._look_at_disk()
        self._look_at_pages()
        self._look_at_writing()
        self._look_at_worker()
        self._look_at_alerts()
        found = self.report()
        if (found.broken, found.degraded) != (self._logged.broken, self._logged.degraded):
            say = log.error if found.broken else log.warning if found.degraded else log.info
            say("health", broken=found.broken, degraded=found.degraded)
            self._logged = found

    def ask_desk(self) -> None:
        """Sends the desk's process a request, and records when it responded. A separate job, because it may wait."""
        if self._desk_answers():
            self._desk_heard = self._monotonic()

    def _look_at_disk(self) -> None:
        try:
            found = os.statvfs(self._data)
        except OSError:
            self._free = 0
        else:
            self._free = found.f_bavail * found.f_frsize

    def _look_at_pages(self) -> None:
        """Starts the integrity check of the SQLite file's pages if it is due and not running; it may take minutes."""
        if self._store_file is None or self._reading or self._monotonic() < self._check_at:
            return
        self._reading = True
        gevent.spawn(self._check_pages, self._store_file)

    def _check_pages(self, file: Path) -> None:
        begun = self._monotonic()
        try:
            self._page_reader.apply(probe.check_pages, (file,))
            self._damage = ""
        except StoreCorrupt as error:
            self._damage = _brief(str(error))
        except StoreError as error:
            log.debug("pages not read", error=str(error))
        finally:
            self._reading = False
            self._next_check(begun)

    def _next_check(self, begun: float) -> None:
        ended = self._monotonic()
        self._check_at = ended + max(CHECK_SECONDS, (ended - begun) * _CHECK_SHARE)

    def _look_at_writing(self) -> None:
        """After a failed write, tries to write to the store and changes nothing.

        Without the trial, the fault would be reported until something else has to be written.
        """
        if not (self._writer.trouble or self._unwritable):
            return
        try:
            self._thread(probe.try_write)
            self._unwritable = self._writer.trouble = ""
        except StoreBusy:
            return
        except StoreError as error:
            self._unwritable = _brief(str(error))

    def _look_at_worker(self) -> None:
        try:
            found = self._thread(worker_beats.read)
        except StoreError:
            return  # the director reports it
        if found != self._worker:
            self._worker, self._worker_heard = found, self._monotonic()

    def _look_at_alerts(self) -> None:
        try:
            self._without_alerts = self._thread(self._read_without_alerts)
        except StoreError:
            return  # the director reports it

    # called by the pages

    def report(self) -> Health:
        """The faults found by the last checks."""
        return Health(tuple(dict.fromkeys(self._broken())), tuple(self._degraded()))

    def _broken(self) -> Iterator[str]:
        yield from (_brief(one) for one in self._director.troubles)
        yield from filter(None, (_brief(self._writer.trouble), self._unwritable, self._damage))
        if self._free < FULL_BYTES:
            yield f"Đĩa chứa dữ liệu đã đầy: còn {self._free >> 20} MB"
        for name, seconds in self._late().items():
            yield f"Việc định kỳ “{name}” trễ {seconds:.0f} giây"
        if not self._director.board_count:
            yield "Chưa có bảng tin nào"

    def _degraded(self) -> Iterator[str]:
        now = self._monotonic()
        if FULL_BYTES <= self._free < LOW_BYTES:
            yield f"Đĩa chứa dữ liệu sắp đầy: còn {self._free >> 20} MB"
        if now - self._worker_heard > SILENT_SECONDS:
            yield f"Bộ đọc nguồn tin im lặng {now - self._worker_heard:.0f} giây"
        if self._without_alerts:
            yield f"Chưa có dữ liệu cảnh báo từ {_names(list(self._without_alerts), 'nguồn')}"
        if now - self._desk_heard > SILENT_SECONDS:
            yield f"Bàn biên tập im lặng {now - self._desk_heard:.0f} giây"
        if said := self._desk_trouble():
            yield said
        elif self._redis_lost():
            yield "Không có Redis: các máy chủ chỉ báo nhau qua cơ sở dữ liệu"
        for name, error in self._failing().items():
            yield f"Việc định kỳ “{name}” gặp lỗi: {error}"
        for item, boards in list(self._director.left_out.items())[:MOST_NAMED]:
            yield f"Bỏ qua {item} vì nội dung lỗi, ở bảng tin {_names(sorted(boards))}"
        if failed := sorted(self._director.failed_boards):
            yield f"Bảng tin không cập nhật được, giữ vòng gần nhất: {_names(failed)}"


def _names(slugs: list[str], of: str = "bảng") -> str:
    more = f" và {len(slugs) - MOST_NAMED} {of} nữa" if len(slugs) > MOST_NAMED else ""
    return ", ".join(slugs[:MOST_NAMED]) + more


def _brief(trouble: str) -> str:
    """Returns a fault's sentence up to the first colon.

    The database driver's message follows the colon. It contains host and user names, and /readyz is public.
    """
    return trouble.partition(":")[0]
