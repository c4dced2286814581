"""Sources, and the stories that were read from them; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

SourceKind = Literal["feed", "page", "cap"]
Trust = Literal["auto", "hold", "alerts"]
StoryState = Literal["held", "approved", "withdrawn"]


@dataclass(frozen=True, slots=True)
class PageRules:
    """CSS selectors for the news on a list page ("": detected automatically); at most ``pages`` pages are read."""

    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    picture: str = ""
    summary: str = ""
    next: str = ""
    pages: int = 1


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, list page or CAP index that the worker reads.

    ``label`` is the kicker on slides. ``area`` is the area it belongs to, None: that of the board. ``every`` is the
    interval between fetches; an ``adaptive`` source uses it only until its own pace is known. ``page`` is for list
    pages. ``url`` of a feed may also be a file or a folder of files.
    """

    slug: str
    name: str
    kind: SourceKind
    url: str
    label: str = ""
    area: str | None = None
    every: timedelta = timedelta(minutes=15)
    trust: Trust = "hold"
    alerts: Literal["none", "draft", "live"] = "none"
    zone: str = "Asia/Ho_Chi_Minh"
    user_agent: str = ""
    ca_bundle: str = ""
    full_text: bool = False
    adaptive: bool = False
    page: PageRules | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the harvest stores about a source between fetches. ``last_error`` is plain Vietnamese text.

    ``last_new`` is when its newest item arrived, ``gap`` the usual time between two items, ``age`` how old items
    usually are on arrival. ``moved_to`` is the target of its permanent redirect, answered since ``moved_since``.
    ``warning`` is what an editor should check although the source can be read.
    """

    slug: str
    next_fetch_at: datetime
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    failures: int = 0
    last_good: datetime | None = None
    last_error: str = ""
    gone: bool = False
    last_try: datetime | None = None
    last_new: datetime | None = None
    gap: timedelta | None = None
    age: timedelta | None = None
    moved_to: str = ""
    moved_since: datetime | None = None
    warning: str = ""


@dataclass(frozen=True, slots=True)
class Story:
    """An entry as stored. ``table`` holds rows of cells, head first, where the article is a table; else it is empty.

    ``image`` is the hash of stored media. ``also`` holds the slugs of further sources of the same story; it is
    filled only by the queries for a board's lanes.
    """

    id: int
    source: str
    identity: str
    title: str
    summary: str
    link: str
    published: datetime
    first_seen: datetime
    state: StoryState = "approved"
    version: int = 1
    image: str | None = None
    image_alt: str = ""
    language: str = "vi"
    table: tuple[tuple[str, ...], ...] = ()
    also: tuple[str, ...] = ()
