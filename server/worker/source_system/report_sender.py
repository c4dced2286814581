"""Sends the reports to the source information system, one after the other; a job of the worker.

    outbox -> guarded POST -> accepted: the next one; else the same again, later

A report that cannot be delivered keeps back all that follow, so that the other side gets them in order. No report is
given up: the other side may be away for a week.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

import structlog

from feeds.download.address_guard import Resolve, system_resolve
from feeds.download.post import post
from feeds.download.request import FetchPolicy
from feeds.errors import FeedError
from server.core.source_system.mapping import REPORT_HEADERS
from server.setup.config import Config
from server.setup.product import user_agent
from server.store.database.engine import Database
from server.store.source_system import outbox
from server.store.source_system.outbox import LONGEST_WAIT, Report

log = structlog.get_logger("source system")
CONNECT_SECONDS, TOTAL_SECONDS = 5.0, 30.0
WAITS = tuple(timedelta(seconds=seconds) for seconds in (10, 30, 60, 120, 300))
"""How long to wait after each failure; after the last one always as long as after it."""
MOST_AT_ONCE = 50


class ReportSender:
    """Sends what is due; ``tick`` is the scheduled job. ``data`` is the folder of the key's file."""

    def __init__(
        self,
        db: Database,
        config: Config,
        data: Path,
        clock: Callable[[], datetime],
        resolve: Resolve = system_resolve,
    ) -> None:
        self._db, self._section, self._data, self._clock = db, config.source_system, data, clock
        self._resolve = resolve
        self._policy = FetchPolicy(
            allow_private=config.fetch.allow_private,
            user_agent=user_agent("source system"),
            connect_seconds=CONNECT_SECONDS,
            total_seconds=TOTAL_SECONDS,
        )

    def tick(self) -> int:
        """Sends the reports that are due, until one is not accepted; returns how many were."""
        for count in range(MOST_AT_ONCE):
            report = outbox.first_due(self._db, self._clock())
            if report is None or not self._send(report):
                return count
        return MOST_AT_ONCE

    def _send(self, report: Report) -> bool:
        try:
            answer = post(
                self._section.report_url,
                self._policy,
                report.body.encode(),
                headers=self._headers(report),
                resolve=self._resolve,
            )
        except FeedError as error:
            self._fail(report, None, error.code, None)
            return False
        except OSError as error:
            log.error("key of reports not read", error=str(error))
            self._fail(report, None, "key", None)
            return False
        # 409: it has this report already.
        if 200 <= answer.status < 300 or answer.status == 409:
            outbox.sent(self._db, report.id, answer.status, self._clock())
            return True
        self._fail(report, answer.status, "http", answer.retry_after)
        return False

    def _headers(self, report: Report) -> dict[str, str]:
        headers = {
            "Content-Type": "application/json",
            REPORT_HEADERS["number"]: str(report.id),
            REPORT_HEADERS["message"]: report.message,
        }
        if self._section.report_key_file:
            key = (self._data / self._section.report_key_file).read_text(encoding="utf-8").strip()
            headers["Authorization"] = f"Bearer {key}"
        return headers

    def _fail(self, report: Report, status: int | None, error: str, asked: timedelta | None) -> None:
        wait = max(WAITS[min(report.tries, len(WAITS) - 1)], min(asked or timedelta(0), LONGEST_WAIT))
        outbox.failed(self._db, report.id, due=self._clock() + wait, status=status, error=error)
        log.info("report not accepted", number=report.id, reason=error, status=status)
