"""What the desk's Sources pages show and ask of the world: health, trials, surveys, differences; for sources.py."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from flask import abort

from feeds import FeedError, Fetched, FetchPolicy, ParseError, Reading, Selectors, fetch
from feeds.discover.survey import Survey
from feeds.download.files import files_of, open_file
from feeds.formats.opml import Outline
from feeds.limits import MAX_BYTES, PARSE_MEBIBYTES
from feeds.sandbox.isolate import SandboxProcess
from feeds.steps import Step, TrialResult, steps
from server.core.model import Source, SourceState, Story
from server.core.policy import Right
from server.core.sources.health import Health, health
from server.core.sources.naming import new_source
from server.desk.web.context import DeskContext
from server.store.database.errors import NotFound
from server.store.sources import sources, stories, story_queries
from server.store.sources.story_intake import Version

_WORD = re.compile(r"\s+|[^\s]+")


@dataclass(frozen=True, slots=True)
class Row:
    """A source with how it is."""

    source: Source
    state: SourceState
    health: Health


@dataclass(frozen=True, slots=True)
class Waiting:
    """A story that waits, with what it said before where it was edited."""

    story: Story
    source: Source
    before: Version | None


@dataclass(frozen=True, slots=True)
class Looked:
    """What an address offers: a feed that was read, or a page's feeds and lists; ``problem`` where nothing is."""

    address: str
    feed: Reading | None = None
    survey: Survey | None = None
    problem: str = ""


def area_of(desk: DeskContext, source: Source) -> str | None:
    """Whose source it is; one that speaks for every board belongs to the topmost area."""
    return source.area or _topmost(desk)


def _topmost(desk: DeskContext) -> str | None:
    """The topmost area."""
    return next((area.slug for area in sources.areas(desk.db) if area.parent is None), None)


def mine(desk: DeskContext, slug: str, right: Right = "source.view") -> Source:
    """404 for a source that is not there or not within reach, 403 without ``right`` for it."""
    try:
        source = sources.get(desk.db, slug)
    except NotFound:
        abort(404)
    if not desk.may("source.view", area_of(desk, source)):
        abort(404)
    desk.require(right, area_of(desk, source))
    return source


def rows(desk: DeskContext) -> list[Row]:
    """Those within reach, the ones that need somebody first."""
    now, states = desk.now(), {state.slug: state for state in sources.states(desk.db)}
    daily = story_queries.per_day(desk.db, now)
    found = [
        Row(one, states[one.slug], health(one, states[one.slug], now, daily.get(one.slug, 0.0)))
        for one in sources.all(desk.db)
        if desk.may("source.view", area_of(desk, one)) and one.slug in states
    ]
    order = {"failing": 0, "gone": 1, "watch": 2, "new": 3, "well": 4}
    return sorted(found, key=lambda row: order[row.health.condition])


def row_of(desk: DeskContext, source: Source) -> Row:
    now = desk.now()
    state = next((state for state in sources.states(desk.db) if state.slug == source.slug), None)
    if state is None:
        abort(404)
    daily = story_queries.per_day(desk.db, now, source=source.slug)
    return Row(source, state, health(source, state, now, daily.get(source.slug, 0.0)))


def waiting(desk: DeskContext, *, after: Story | None, most: int) -> list[Waiting]:
    """What waits for who asks, oldest first, behind ``after``."""
    known = _decided(desk)
    found = []
    for story in story_queries.waiting(desk.db, known, after=after, most=most):
        # Most are new: only what was changed has said something before.
        past = stories.versions(desk.db, story.id) if story.version > 1 else ()
        found.append(Waiting(story, known[story.source], past[-1] if past else None))
    return found


def how_many_wait(desk: DeskContext) -> int:
    """Of the stories that who asks may decide about."""
    return story_queries.count_waiting(desk.db, _decided(desk))


def _decided(desk: DeskContext) -> dict[str, Source]:
    """The sources whose stories who asks may approve."""
    top = _topmost(desk)
    return {one.slug: one for one in sources.all(desk.db) if desk.may("story.approve", one.area or top)}


def story_of(desk: DeskContext, id: int) -> Story:
    """A story that who asks may decide about; 404 otherwise."""
    try:
        story = stories.get(desk.db, id)
        source = sources.get(desk.db, story.source)
    except NotFound:
        abort(404)
    if not desk.may("story.approve", area_of(desk, source)):
        abort(404)
    return story


def outlines(desk: DeskContext) -> list[Outline]:
    """The feeds within reach, under the names of their areas."""
    tree = desk.tree()
    made = []
    for source in sources.all(desk.db):
        area = area_of(desk, source)
        if "://" in source.url and area is not None and desk.may("source.view", area):
            made.append(Outline(source.name, source.url, groups=(tree.get(area).name,)))
    return made


def new_ones(desk: DeskContext, found: Iterable[Outline], area: str) -> list[Source]:
    """Sources for those addresses that nobody reads yet; each waits for an editor."""
    known = sources.all(desk.db)
    addresses, slugs = {one.url for one in known}, {one.slug for one in known}
    made: list[Source] = []
    for outline in found:
        if outline.address not in addresses:
            made.append(replace(new_source(outline.title, outline.address, slugs, desk.config.timezone), area=area))
            slugs.add(made[-1].slug)
    return made


def differences(before: str, after: str) -> list[tuple[str, str]]:
    """Pieces of both texts in order, each with "same", "gone" or "new"; whole words."""
    old, new = _WORD.findall(before), _WORD.findall(after)
    made: list[tuple[str, str]] = []
    for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if kind == "equal":
            made.append(("same", "".join(old[a:b])))
            continue
        made += [("gone", "".join(old[a:b]))] if b > a else []
        made += [("new", "".join(new[c:d]))] if d > c else []
    return made


def selectors_of(source: Source) -> Selectors | None:
    """How a list page is read; None for a feed."""
    if source.kind != "page":
        return None
    rules = source.page
    if rules is None:
        return Selectors()
    return Selectors(rules.item, rules.title, rules.link, rules.date, rules.picture, rules.summary, rules.next)


def policy(desk: DeskContext, source: Source | None = None) -> FetchPolicy:
    """The same guard as the worker's: an editor cannot make the server look at the inside of its network."""
    made = FetchPolicy(allow_private=desk.config.fetch.allow_private, ca_bundle=source.ca_bundle if source else "")
    agent = (source.user_agent if source else "") or desk.config.fetch.user_agent
    return replace(made, user_agent=agent) if agent else made


def trial(desk: DeskContext, source: Source) -> Iterator[Step | TrialResult]:
    """One source tried, step by step; nothing is stored."""
    yield from steps(
        _place(desk, source), zone=source.zone, now=desk.now(), policy=policy(desk, source), page=selectors_of(source)
    )


def _place(desk: DeskContext, source: Source) -> str:
    """The address, or the path of a file or folder."""
    return source.url if "://" in source.url else str(desk.base / source.url)


def reread(desk: DeskContext, source: Source, page: Selectors) -> Looked:
    """What a list page gives by these selectors, by proposed ones where none is for the item; nothing is stored."""
    place, child = _place(desk, source), SandboxProcess(PARSE_MEBIBYTES)
    try:
        if "://" in place:
            got = fetch(place, replace(policy(desk, source), max_bytes=MAX_BYTES))
            place, kind, body = got.url, got.content_type, got.body
        else:
            place = str(files_of(Path(place))[0])
            kind, body = "", open_file(Path(place), MAX_BYTES)
        found = child.read(body, address=place, content_type=kind, zone=source.zone, now=desk.now(), page=page)
        return Looked(place, feed=found)
    except FeedError as error:
        return Looked(place, problem=error.message)
    finally:
        child.close()


def look(desk: DeskContext, address: str, page: Selectors | None) -> Looked:
    """What a pasted address offers. With ``page`` it is read by these selectors."""
    address = address.strip()
    if "://" not in address:
        address = f"https://{address}"
    child = SandboxProcess(PARSE_MEBIBYTES)
    try:
        got = fetch(address, replace(policy(desk), max_bytes=MAX_BYTES))
        return _looked(child, got, desk, page)
    except FeedError as error:
        return Looked(address, problem=error.message)
    finally:
        child.close()


def _looked(child: SandboxProcess, got: Fetched, desk: DeskContext, page: Selectors | None) -> Looked:
    zone, now = desk.config.timezone, desk.now()
    at, kind = got.url, got.content_type
    try:
        found = child.read(got.body, address=at, content_type=kind, zone=zone, now=now, page=page)
    except ParseError as error:
        if error.code != "html-page":
            raise
        return Looked(at, survey=child.survey(got.body, address=at, content_type=kind, zone=zone, now=now))
    return Looked(at, survey=Survey(found.title, lists=(found,))) if page is not None else Looked(at, feed=found)
