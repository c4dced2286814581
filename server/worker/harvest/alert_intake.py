"""Polls a source of alerts: its index, then the documents to which the index links.

    conditional GET -> read_cap in a child process -> links stored -> new links, the newest first, some at a time
        -> documents stored -> reconciled with the notices at once (alert_reconciler) -> the poll noted as good

Called by the harvest in a pool thread. A poll is good if the index was unchanged (304) or contained a valid feed or
alert (200), and every link in it was read: while a link is unread, an alert in force may be unknown. A link that
permanently leads to no alert does not count as unread, unless no other link could be read; the desk shows its error.
Every other poll is stored as failed, with its reason; a failed poll never ends an alert.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Executor, Future, wait
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Protocol

import structlog

from feeds import FeedError, FetchPolicy
from feeds.download.files import open_file
from feeds.download.http import Fetched
from feeds.errors import HttpStatus, ParseError
from feeds.formats.cap.document import DAMAGED, CapAlert, CapIndex
from feeds.limits import MAX_BYTES
from server.core.alerts.rules import AlertRules
from server.core.alerts.source_rules import rules_for
from server.core.model import Source, SourceState
from server.store.alerts import documents, links, polls
from server.store.alerts.documents import Received
from server.store.alerts.links import Listed, Outcome
from server.store.database.engine import Database
from server.worker.harvest.alert_conversion import alert_of, digest_of
from server.worker.harvest.alert_documents import DOCUMENT_BYTES, linked
from server.worker.harvest.source_reader import SourceUpdate

log = structlog.get_logger("alerts")
TIME_BUDGET = timedelta(seconds=40)
"""After this time no further document is requested; the next poll goes on, a minute later."""
AT_A_TIME = 8
"""How many documents of one index are requested at the same time."""
SHOWN_EVERY = timedelta(seconds=0.5)
_GONE = (404, 410)
_NO_ALERT = ("not-cap", "html-page")
"""Error codes of documents that are no alerts. A damaged or refused alert has another code."""


class CapClient(Protocol):
    """The functions of feeds that the intake calls; implemented by server.processes.worker and by fakes in tests."""

    def fetch(self, url: str, policy: FetchPolicy, *, etag: str, last_modified: str) -> Fetched:
        """Downloads a URL (``feeds.fetch``). Raises FetchError."""

    def read_cap(self, body: bytes, *, address: str, content_type: str, zone: str, certificate: str) -> CapIndex:
        """Reads alerts or an index in a child process (``feeds.formats.cap.reader.read_cap``). Raises ParseError."""


@dataclass(frozen=True, slots=True)
class _Reading:
    """What stays the same during one poll: its source, limits, rules and certificate, and its deadline ``until``.

    ``arrivals`` numbers the documents in the order of their arrival. Alerts whose sender is in ``own`` are left out.
    """

    source: Source
    policy: FetchPolicy
    rules: AlertRules
    certificate: str
    until: datetime
    own: Collection[str]
    arrivals: Iterator[int] = field(default_factory=count)

    @property
    def mark(self) -> str:
        """The first hex digits of the certificate's hash; with another certificate every document is read again."""
        return hashlib.sha256(self.certificate.encode()).hexdigest()[:8]


_Result = tuple[Fetched, CapIndex] | FeedError
"""The document that was downloaded from a link, with its alerts; or the error that prevented it."""


class AlertIntake:
    """Polls sources of alerts; one instance serves all pool threads.

    ``base`` is the folder to which paths of files are relative, ``common`` the rules of all sources. ``policy``
    returns the limits of a fetch, given the source and the largest number of bytes. ``reconcile`` is called with the
    slug of a source each time a group of its new documents has been stored. ``executor`` runs the requests for
    documents, several at a time. Alerts whose sender is one of ``own_senders`` are left out: a neighbour may pass on
    what this server has published.
    """

    def __init__(
        self,
        db: Database,
        client: CapClient,
        clock: Callable[[], datetime],
        *,
        base: Path,
        policy: Callable[[Source, int], FetchPolicy],
        common: AlertRules,
        reconcile: Callable[[str], object],
        executor: Executor,
        own_senders: Callable[[], Collection[str]] = tuple,
    ) -> None:
        self._db, self._client, self._clock, self._base = db, client, clock, base
        self._policy, self._common, self._reconcile, self._executor = policy, common, reconcile, executor
        self._own_senders = own_senders

    def poll(self, source: Source, before: SourceState) -> SourceUpdate:
        """Polls a source, and reconciles the notices with its new alerts.

        ``before`` is the source's state before the poll. Raises FeedError if the source gave no data; the poll is
        then stored as failed.
        """
        try:
            return self._poll(source, before)
        except FeedError as error:
            polls.failed(self._db, source.slug, error.message, self._clock())
            raise

    def _poll(self, source: Source, before: SourceState) -> SourceUpdate:
        reading = _Reading(
            source,
            self._policy(source, DOCUMENT_BYTES),
            rules_for(source.cap, self._common),
            self._certificate(source),
            self._clock() + TIME_BUDGET,
            self._own_senders(),
        )
        got = self._fetch_index(source, before, reading)
        body_hash = before.body_hash if got.status == 304 else f"{reading.mark}{hashlib.sha256(got.body).hexdigest()}"
        unchanged = got.status == 304 or body_hash == before.body_hash
        cut: bool | None = None
        inside: tuple[int, ...] = ()
        notes: tuple[str, ...] = ()
        if not unchanged:
            index = _foreign(self._read(reading, got), reading.own)
            cut, notes = index.cut, index.notes
            inside = self._save(reading, [(one, got.url, got.body) for one in index.alerts])
            links.relist(self._db, source.slug, _listed(index, got, inside, reading.mark), self._clock())
            self._note_inside(source, got, inside)
            if inside:
                self._reconcile(source.slug)
        everything = self._follow(reading)
        return self._finish(reading, got, body_hash, cut=cut, unchanged=unchanged, everything=everything, notes=notes)

    def _finish(
        self,
        reading: _Reading,
        got: Fetched,
        body_hash: str,
        *,
        cut: bool | None,
        unchanged: bool,
        everything: bool,
        notes: tuple[str, ...],
    ) -> SourceUpdate:
        source, now = reading.source, self._clock()
        progress = links.progress(self._db, source.slug)
        if progress.unknown:
            reason = f"Còn {progress.unknown} cảnh báo trong danh mục chưa đọc được."
            polls.failed(self._db, source.slug, reason, now)
            return SourceUpdate(got, body_hash, complete=False, warning=reason)
        polls.good(self._db, source.slug, now, reading.rules, listed=progress.documents, cut=cut, unchanged=unchanged)
        if reading.rules.index == "complete":
            self._reconcile(source.slug)  # something may have been missing often enough to be over
        told = (*notes, *progress.unread)
        return SourceUpdate(got, body_hash, complete=everything, warning=" ".join(told[:3]))

    def _certificate(self, source: Source) -> str:
        """The text of the source's PEM file of certificates, "" if none is configured.

        Raises ParseError if the file cannot be read.
        """
        if source.cap is None or not source.cap.certificate:
            return ""
        try:
            return (self._base / source.cap.certificate).read_text(encoding="ascii")
        except (OSError, ValueError) as error:
            raise ParseError("Không đọc được tệp chứng thư ký cảnh báo của nguồn này.", "certificate") from error

    def _fetch_index(self, source: Source, before: SourceState, reading: _Reading) -> Fetched:
        """Fetches or opens the index. Raises FeedError for a response without data, such as a 204 or a truncated one.

        The request is conditional only if the index was last read with the same certificate.
        """
        if "://" not in source.url:
            path = self._base / source.url
            return Fetched.of_file(str(path), open_file(path, MAX_BYTES))
        same = before.body_hash.startswith(reading.mark)
        etag, modified = (before.etag, before.last_modified) if same else ("", "")
        got = self._client.fetch(source.url, self._policy(source, MAX_BYTES), etag=etag, last_modified=modified)
        if got.status not in (200, 304):
            raise ParseError(f"Nguồn trả lời mà không có dữ liệu cảnh báo (HTTP {got.status}).", "no-data")
        if not got.complete:
            raise ParseError("Kết nối đứt giữa chừng nên danh mục cảnh báo không trọn vẹn.", "cut-off")
        return got

    def _read(self, reading: _Reading, got: Fetched) -> CapIndex:
        """Parses a document or an index in a child process. Raises ParseError."""
        return self._client.read_cap(
            got.body,
            address=got.url,
            content_type=got.content_type,
            zone=reading.source.zone,
            certificate=reading.certificate,
        )

    def _note_inside(self, source: Source, got: Fetched, inside: tuple[int, ...]) -> None:
        """Stores that the alerts inside the index (their ids: ``inside``) were read from the index's address."""
        if inside:
            link = Listed(got.url, _fingerprint(inside))
            links.note(self._db, source.slug, [Outcome(link, inside)], self._clock())

    def _follow(self, reading: _Reading) -> bool:
        """Reads the documents of new links and stores them; False if there was no time for all of them.

        Documents that have arrived are on the boards half a second later, however long other documents take.
        """
        waiting = deque(links.pending(self._db, reading.source.slug, self._clock()))
        running: dict[Future[_Result], Listed] = {}
        shown = self._clock() - SHOWN_EVERY
        arrived: list[tuple[Listed, _Result]] = []
        while running or (waiting and self._clock() < reading.until):
            while waiting and len(running) < AT_A_TIME and self._clock() < reading.until:
                link = waiting.popleft()
                running[self._executor.submit(self._document, reading, link)] = link
            done = wait(running, SHOWN_EVERY.total_seconds(), FIRST_COMPLETED).done
            arrived += [(running.pop(one), one.result()) for one in done]
            if not done or self._clock() - shown >= SHOWN_EVERY:
                self._take(reading, arrived)
                shown, arrived = self._clock(), []
        self._take(reading, arrived)
        return not waiting

    def _document(self, reading: _Reading, link: Listed) -> _Result:
        try:
            got = linked(link.address, reading.source.url, lambda at: self._fetch(at, reading))
            found = self._read(reading, got)
            if not found.alerts:
                if found.cut:
                    raise ParseError(DAMAGED, "broken")
                raise ParseError("Liên kết không dẫn tới cảnh báo CAP.", "not-cap")
            found = _foreign(found, reading.own)
        except FeedError as error:
            return error
        return got, found

    def _fetch(self, address: str, reading: _Reading) -> Fetched:
        return self._client.fetch(address, reading.policy, etag="", last_modified="")

    def _take(self, reading: _Reading, results: Sequence[tuple[Listed, _Result]]) -> None:
        """Stores the results of some links (documents or errors), and reconciles the notices with new documents."""
        source = reading.source
        read = [(link, result) for link, result in results if not isinstance(result, FeedError)]
        found = [(alert, got.url, got.body) for _, (got, index) in read for alert in index.alerts]
        numbers = deque(self._save(reading, found))
        outcomes = [
            # If the document was cut off, an alert in its missing part may be in force: its link counts as unread.
            Outcome(
                link,
                tuple(numbers.popleft() for _ in index.alerts),
                reason=f"{link.address}: {DAMAGED}" if index.cut else "",
            )
            for link, (_, index) in read
        ]
        for link, result in results:
            if isinstance(result, FeedError):
                log.info("alert not read", source=source.slug, address=link.address, error=result.message)
                reason = f"{link.address}: {result.message}"
                outcomes.append(Outcome(link, reason=reason, permanent=_is_permanent(result)))
        if outcomes:
            links.note(self._db, source.slug, outcomes, self._clock())
        if read:
            self._reconcile(source.slug)

    def _save(self, reading: _Reading, found: Sequence[tuple[CapAlert, str, bytes]]) -> tuple[int, ...]:
        """Stores alerts; returns the ids of their documents in the store, in the same order.

        ``found`` has (alert, address, body) of each. No two get the same time of arrival, because the limit on floods
        of alerts counts them in the order of their arrival.
        """
        now, slug = self._clock(), reading.source.slug
        received = []
        for alert, address, body in found:
            at = now + timedelta(microseconds=next(reading.arrivals))
            received.append(Received(alert_of(alert, slug, at), digest_of(alert), address, body))
        return documents.save(self._db, slug, received)


def _foreign(index: CapIndex, own: Collection[str]) -> CapIndex:
    """Returns ``index`` without the alerts that this server itself has published; ``own`` are its senders' names."""
    return replace(index, alerts=tuple(one for one in index.alerts if one.sender not in own))


def _listed(index: CapIndex, got: Fetched, inside: tuple[int, ...], mark: str) -> list[Listed]:
    listed = [Listed(one.address, f"{mark}{one.fingerprint}") for one in index.entries]
    return [*listed, Listed(got.url, _fingerprint(inside))] if inside else listed


def _fingerprint(numbers: Sequence[int]) -> str:
    return hashlib.sha256(repr(numbers).encode()).hexdigest()[:16]


def _is_permanent(error: FeedError) -> bool:
    """Whether the error means that the address leads to no alert at all; False if trying again may help."""
    return error.code in _NO_ALERT or (isinstance(error, HttpStatus) and error.status in _GONE)
