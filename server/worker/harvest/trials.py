"""Runs trials: reads an address or a source once, because an editor tries it at the desk.

Of the result only what the trial's page shows is stored. Trials run in the worker, so that a host that hangs blocks a
thread here and not one that serves pages. Created by server.processes.worker.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Protocol

import structlog

from feeds import FeedError, Fetched, FetchPolicy, ParseError, Reading, Selectors, fetch
from feeds.download.files import files_of, open_file
from feeds.entry import Survey
from feeds.formats.cap.detection import looks_like_cap
from feeds.formats.cap.document import CapIndex
from feeds.limits import MAX_BYTES, PARSE_MEBIBYTES
from feeds.sandbox.isolate import SandboxProcess
from feeds.steps import TrialResult, steps
from server.core.model import SELECTORS, PageRules, Source
from server.core.sources.trials import (
    MOST_ENTRIES,
    Outcome,
    Trial,
    TrialEntry,
    TrialLink,
    TrialReading,
    TrialStep,
)
from server.setup.config import Config
from server.store.database.engine import Database
from server.store.database.errors import NotFound, StoreError
from server.store.sources import sources, trials
from server.worker.harvest.alert_documents import DOCUMENT_BYTES, linked
from server.worker.harvest.alert_trial import AlertTrial
from server.worker.harvest.thread_pools import ThreadPool

log = structlog.get_logger("trials")


class OtherServerTrial(Protocol):
    """Tries another Bảng Tin server; implemented by server.worker.levels."""

    def look(self, address: str, policy: FetchPolicy) -> Outcome | None:
        """What the server at ``address`` has; None if there is none."""

    def read(self, address: str, policy: FetchPolicy) -> Outcome:
        """What the server at ``address`` has. Raises FeedError."""


class TrialRunner:
    """Runs each waiting trial in a thread of ``pool``. Paths of file sources are relative to ``base``.

    ``mail`` tries a mailbox and yields the outcome after each step. ``servers`` tries addresses of other Bảng Tin
    servers (None: they are not recognised).
    """

    def __init__(
        self,
        db: Database,
        config: Config,
        base: Path,
        clock: Callable[[], datetime],
        pool: ThreadPool,
        mail: Callable[[Source], Iterator[Outcome]] | None = None,
        servers: OtherServerTrial | None = None,
    ) -> None:
        self._db, self._config, self._base, self._clock, self._pool = db, config, base, clock, pool
        self._mail, self._servers = mail, servers

    def tick(self) -> None:
        """Starts the trials that wait, as many as the pool has room for."""
        try:
            while self._pool.has_room() and (trial := trials.claim(self._db, self._clock())):
                self._pool.start(trial.key, partial(self.run, trial))
        except StoreError as error:
            log.error("store unwell", error=str(error))

    def run(self, trial: Trial) -> None:
        """Runs one trial, and stores its outcome after each step."""
        try:
            for outcome in self._outcomes(trial):
                trials.save(self._db, trial.key, outcome)
        except StoreError as error:
            log.error("trial lost", address=trial.address, error=str(error))

    def _outcomes(self, trial: Trial) -> Iterator[Outcome]:
        """Runs a trial; yields its outcome so far after each step, the final one last."""
        try:
            source = sources.get(self._db, trial.source) if trial.source else None
        except NotFound as error:
            yield Outcome(trial.address, problem=str(error))
            return
        if source is not None and source.kind == "cap":
            yield self._alerts_of(source)
        elif source is not None and source.kind == "mail" and self._mail is not None:
            yield from self._mail(source)
        elif source is not None and source.kind == "server":
            yield self._server_of(source)
        elif trial.kind == "try" and source is not None:
            yield from self._stepwise(source)
        elif trial.kind == "selectors" and source is not None:
            yield self._with_selectors(source, trial.page or PageRules())
        else:
            yield self._looked_at(trial.address, trial.page)

    def _policy(self, source: Source | None = None) -> FetchPolicy:
        """The settings of a request: private addresses are refused unless [fetch] allow_private lists them."""
        made = FetchPolicy(
            allow_private=self._config.fetch.allow_private, ca_bundle=source.ca_bundle if source else ""
        )
        agent = (source.user_agent if source else "") or self._config.fetch.user_agent
        return replace(made, user_agent=agent) if agent else made

    def _location(self, source: Source) -> str:
        """The source's URL, or for a file source the absolute path of its file or folder."""
        return source.url if "://" in source.url else str(self._base / source.url)

    def _stepwise(self, source: Source) -> Iterator[Outcome]:
        """Reads a source, and yields the outcome after each step, such as download and parsing."""
        done: list[TrialStep] = []
        page = _selectors(source.page or PageRules()) if source.kind == "page" else None
        tried = steps(
            self._location(source), zone=source.zone, now=self._clock(), policy=self._policy(source), page=page
        )
        feed: TrialReading | None = None
        for step in tried:
            if isinstance(step, TrialResult):
                feed = _shown(step.reading)
            else:
                done.append(TrialStep(step.label, step.ok, step.message, step.seconds, step.bytes))
                yield Outcome(source.url, complete=False, steps=tuple(done))
        yield Outcome(source.url, steps=tuple(done), feed=feed)

    def _with_selectors(self, source: Source, rules: PageRules) -> Outcome:
        """Reads the source's list page with the CSS selectors in ``rules``.

        If ``rules`` has no selector for the items, selectors are proposed by the parser.
        """
        location, child = self._location(source), SandboxProcess(PARSE_MEBIBYTES)
        try:
            if "://" in location:
                got = fetch(location, replace(self._policy(source), max_bytes=MAX_BYTES))
                location, kind, body = got.url, got.content_type, got.body
            else:
                location = str(files_of(Path(location))[0])
                kind, body = "", open_file(Path(location), MAX_BYTES)
            found = child.read(
                body, address=location, content_type=kind, zone=source.zone, now=self._clock(), page=_selectors(rules)
            )
            return Outcome(location, feed=_shown(found))
        except FeedError as error:
            return Outcome(location, problem=error.message)
        finally:
            child.close()

    def _looked_at(self, address: str, rules: PageRules | None) -> Outcome:
        """Downloads an address; returns the outcome for the alerts, the feed or the HTML page at that address.

        The outcome for an HTML page lists its feeds and its lists of news. With ``rules`` the document is read as a
        list page by their CSS selectors instead.
        """
        policy = replace(self._policy(), max_bytes=MAX_BYTES)
        if self._servers is not None and rules is None and (server := self._servers.look(address, policy)):
            return server
        child = SandboxProcess(PARSE_MEBIBYTES)
        try:
            got = fetch(address, policy)
            if rules is None and looks_like_cap(got.body):
                return self._with_alerts(child, got, self._policy(), self._config.timezone)
            return self._report(child, got, _selectors(rules) if rules else None)
        except FeedError as error:
            return Outcome(address, problem=error.message)
        finally:
            child.close()

    def _server_of(self, source: Source) -> Outcome:
        """Reads another Bảng Tin server once, and stores nothing of it."""
        if self._servers is None:
            return Outcome(source.url)
        try:
            return self._servers.read(source.url, replace(self._policy(source), max_bytes=MAX_BYTES))
        except FeedError as error:
            return Outcome(source.url, problem=error.message)

    def _alerts_of(self, source: Source) -> Outcome:
        """Reads a source of alerts once; the outcome has its newest alerts, or the problem that occurred."""
        child, location = SandboxProcess(PARSE_MEBIBYTES), self._location(source)
        try:
            if "://" in location:
                got = fetch(location, replace(self._policy(source), max_bytes=MAX_BYTES))
            else:
                got = Fetched.of_file(location, open_file(Path(location), MAX_BYTES))
            return self._with_alerts(child, got, self._policy(source), source.zone, source)
        except FeedError as error:
            return Outcome(source.url, problem=error.message)
        finally:
            child.close()

    def _with_alerts(
        self, child: SandboxProcess, got: Fetched, policy: FetchPolicy, zone: str, source: Source | None = None
    ) -> Outcome:
        """The outcome for a downloaded index of alerts or a single alert. Raises FeedError if it cannot be read."""
        index = child.read_cap(got.body, address=got.url, content_type=got.content_type, zone=zone)
        trial = AlertTrial(self._db, self._config.alert_rules(), self._clock(), source)

        def follow(address: str) -> CapIndex:
            body = linked(address, got.url, lambda at: fetch(at, replace(policy, max_bytes=DOCUMENT_BYTES)))
            return child.read_cap(body.body, address=body.url, content_type=body.content_type, zone=zone)

        return Outcome(got.url, alerts=trial.read(index, follow))

    def _report(self, child: SandboxProcess, got: Fetched, page: Selectors | None) -> Outcome:
        """The outcome for a downloaded body: its entries if it is a feed or a list page. Raises ParseError.

        ``page`` has the selectors of a list page. If it is None and the body is an HTML page, the outcome has the
        feeds and lists that were found on the page.
        """
        zone, now = self._config.timezone, self._clock()
        at, kind = got.url, got.content_type
        try:
            found = child.read(got.body, address=at, content_type=kind, zone=zone, now=now, page=page)
        except ParseError as error:
            if error.code != "html-page":
                raise
            return _surveyed(at, child.survey(got.body, address=at, content_type=kind, zone=zone, now=now))
        if page is not None:
            return _surveyed(at, Survey(found.title, lists=(found,)))
        return Outcome(at, title=found.title, feed=_shown(found))


def _surveyed(address: str, found: Survey) -> Outcome:
    return Outcome(
        address,
        title=found.title,
        feeds=tuple(TrialLink(one.title, one.address) for one in found.feeds),
        lists=tuple(_shown(one) for one in found.lists),
    )


def _shown(reading: Reading) -> TrialReading:
    entries = tuple(
        TrialEntry(one.title, one.published, bool(one.image), bool(one.link), tuple(one.notes))
        for one in reading.entries[:MOST_ENTRIES]
    )
    used = reading.selectors
    rules = PageRules(**{name: getattr(used, name) for name in SELECTORS}) if used else None
    return TrialReading(reading.title, len(reading.entries), entries, rules)


def _selectors(rules: PageRules) -> Selectors:
    """Converts page rules to the type of selectors that the library `feeds` expects."""
    return Selectors(**{name: getattr(rules, name) for name in SELECTORS})
