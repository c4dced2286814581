"""Reads an address once for the sources' pages, as the worker would, and stores nothing; called by the views."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from feeds import FeedError, Fetched, FetchPolicy, ParseError, Reading, Selectors, fetch
from feeds.discover.survey import Survey
from feeds.download.files import files_of, open_file
from feeds.limits import MAX_BYTES, PARSE_MEBIBYTES
from feeds.sandbox.isolate import SandboxProcess
from feeds.steps import Step, TrialResult, steps
from server.core.model import Source
from server.desk.web.context import desk


@dataclass(frozen=True, slots=True)
class AddressReport:
    """What was found at an address: a feed, or the feeds and lists of a page; ``problem`` if neither."""

    address: str
    feed: Reading | None = None
    survey: Survey | None = None
    problem: str = ""


def fetch_policy(source: Source | None = None) -> FetchPolicy:
    """The limits of a fetch at the desk, for ``source`` if given; its address guard is the worker's.

    The guard refuses addresses inside the server's own network that the configuration does not allow.
    """
    made = FetchPolicy(allow_private=desk.config.fetch.allow_private, ca_bundle=source.ca_bundle if source else "")
    agent = (source.user_agent if source else "") or desk.config.fetch.user_agent
    return replace(made, user_agent=agent) if agent else made


def try_source(source: Source) -> Iterator[Step | TrialResult]:
    """Yields each step of reading the source as it is done."""
    yield from steps(
        _location(source),
        zone=source.zone,
        now=desk.now(),
        policy=fetch_policy(source),
        page=_selectors_of(source),
    )


def _selectors_of(source: Source) -> Selectors | None:
    """The configured selectors of a list page, empty ones if none are configured; None for a feed."""
    if source.kind != "page":
        return None
    rules = source.page
    if rules is None:
        return Selectors()
    return Selectors(rules.item, rules.title, rules.link, rules.date, rules.picture, rules.summary, rules.next)


def _location(source: Source) -> str:
    """The source's URL, or for a file source the absolute path of its file or folder."""
    return source.url if "://" in source.url else str(desk.base / source.url)


def read_with(source: Source, page: Selectors) -> AddressReport:
    """Reads the source's list page with these selectors; with an empty ``page.item``, selectors are proposed."""
    location, child = _location(source), SandboxProcess(PARSE_MEBIBYTES)
    try:
        if "://" in location:
            got = fetch(location, replace(fetch_policy(source), max_bytes=MAX_BYTES))
            location, kind, body = got.url, got.content_type, got.body
        else:
            location = str(files_of(Path(location))[0])
            kind, body = "", open_file(Path(location), MAX_BYTES)
        found = child.read(body, address=location, content_type=kind, zone=source.zone, now=desk.now(), page=page)
        return AddressReport(location, feed=found)
    except FeedError as error:
        return AddressReport(location, problem=error.message)
    finally:
        child.close()


def inspect(address: str, page: Selectors | None) -> AddressReport:
    """Examines a pasted address; https is assumed without a scheme. With ``page`` it is read as a list page."""
    address = address.strip()
    if "://" not in address:
        address = f"https://{address}"
    child = SandboxProcess(PARSE_MEBIBYTES)
    try:
        return _report(child, fetch(address, replace(fetch_policy(), max_bytes=MAX_BYTES)), page)
    except FeedError as error:
        return AddressReport(address, problem=error.message)
    finally:
        child.close()


def _report(child: SandboxProcess, got: Fetched, page: Selectors | None) -> AddressReport:
    zone, now = desk.config.timezone, desk.now()
    at, kind = got.url, got.content_type
    try:
        found = child.read(got.body, address=at, content_type=kind, zone=zone, now=now, page=page)
    except ParseError as error:
        if error.code != "html-page":
            raise
        return AddressReport(at, survey=child.survey(got.body, address=at, content_type=kind, zone=zone, now=now))
    if page is not None:
        return AddressReport(at, survey=Survey(found.title, lists=(found,)))
    return AddressReport(at, feed=found)
