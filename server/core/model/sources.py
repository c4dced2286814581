"""Sources, and the stories that were read from them; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Literal

SourceKind = Literal["feed", "page", "cap", "mail", "server"]
Trust = Literal["auto", "hold"]
AlertAiring = Literal["draft", "live", "none"]
AlertIndex = Literal["newest", "complete"]
StoryState = Literal["held", "approved", "withdrawn"]


@dataclass(frozen=True, slots=True)
class PageRules:
    """CSS selectors that find news on an HTML list page; "" means that this part is detected automatically.

    ``next`` selects the link to the next list page; at most ``pages`` pages are read.
    """

    item: str = ""
    title: str = ""
    link: str = ""
    date: str = ""
    picture: str = ""
    summary: str = ""
    next: str = ""
    pages: int = 1


SELECTORS = tuple(one.name for one in fields(PageRules) if one.name != "pages")
"""The fields of `PageRules` that hold a selector, in the order of the desk's form."""


@dataclass(frozen=True, slots=True)
class AlertSettings:
    """What a source of CAP alerts is allowed to do, and how its documents are read.

    ``alerts`` is what its documents become: "live" goes on air at once, "draft" waits for an editor, "none" is only
    stored. If ``index`` is "complete", an alert that its index no longer lists has ended. ``territory`` lists where
    its alerts may lie, as codes ("VN") or outlines ("8.2,102.1 8.2,109.5 …"); alerts outside are drafts. Documents
    without a place are for ``default_area``; if it is empty, an editor chooses. With ``geometry_first`` the codes of
    an area that also has an outline do not count. Each of ``languages`` is shown on pages of its own; if it is empty,
    only the board's language is shown. ``certificate`` is a PEM file by whose keys documents must be signed.
    ``risk_parameter`` names the parameter with the risk level of QĐ 18/2021/QĐ-TTg. ``exercises``: drills may be
    shown. ``language`` is the language of texts that do not name theirs. A QR code may lead to ``web_hosts`` and to
    the domain of the source.
    """

    alerts: AlertAiring = "draft"
    index: AlertIndex = "newest"
    territory: tuple[str, ...] = ()
    default_area: str = ""
    geometry_first: bool = False
    languages: tuple[str, ...] = ()
    certificate: str = ""
    risk_parameter: str = ""
    exercises: bool = False
    language: str = ""
    web_hosts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AllowedSender:
    """Whose mail a mailbox accepts: an address ("lan@xa.vn") or a whole domain ("@xa.vn"), in lower case.

    An announcement made of such mail is for ``area`` and the areas below it, or only for ``boards`` (slugs) if given.
    """

    address: str
    area: str
    boards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MailSettings:
    """How a mailbox is read, and whose mail becomes an announcement that waits for an editor.

    ``user`` is the login name at the IMAP server; the password is never part of the settings
    (server.setup.mailbox_passwords). ``authserv`` is the name under which the receiving mail server writes its header
    Authentication-Results; while it is "", no mail is accepted. Mail that is older than ``oldest_days`` is not
    accepted. An announcement is shown for ``shown_days`` from its arrival, unless its editor changes that.
    """

    user: str
    authserv: str = ""
    senders: tuple[AllowedSender, ...] = ()
    oldest_days: int = 3
    shown_days: int = 7


@dataclass(frozen=True, slots=True)
class Source:
    """A feed, list page, CAP index or mailbox that the worker reads.

    ``label`` is the short line above the headline on slides (kicker). ``area`` is the area it belongs to. None: its
    stories count as those of each board's own area, and the topmost area is responsible for it. ``every`` is the
    interval between fetches; an ``adaptive`` source uses it only until the usual time between its items is known.
    Stories of a source with ``trust`` "auto" air at once, with "hold" after an editor's approval. ``page`` is for
    list pages, ``cap`` for CAP and for the notices of another Bảng Tin server (None: the defaults). ``url`` of a feed
    may also be a file or a folder of files, that of a mailbox is like "imaps://thu.xa.vn/INBOX"; ``mail`` is for
    mailboxes.
    """

    slug: str
    name: str
    kind: SourceKind
    url: str
    label: str = ""
    area: str | None = None
    every: timedelta = timedelta(minutes=15)
    trust: Trust = "hold"
    zone: str = "Asia/Ho_Chi_Minh"
    user_agent: str = ""
    ca_bundle: str = ""
    full_text: bool = False
    adaptive: bool = False
    page: PageRules | None = None
    cap: AlertSettings | None = None
    mail: MailSettings | None = None


@dataclass(frozen=True, slots=True)
class SourceState:
    """What the worker stores about a source between fetches; ``last_error`` and ``warning`` are Vietnamese.

    ``failures`` counts failed fetches in a row, ``gone`` means that fetching has ended (HTTP 410). ``last_new`` is
    when the newest item was published, ``gap`` the usual time between two items, ``age`` how old items usually are
    when they are first read. ``moved_to`` is the address to which the source redirects permanently ("": none),
    ``moved_since`` is when that redirect was first seen. ``warning`` says what an editor should check although the
    source can be read.
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
    """An entry of a source, as the store keeps it; ``identity`` identifies it within its source.

    ``image`` is the hash of a stored picture. ``table`` holds rows of cells, header row first, if the article is a
    table; else it is empty. ``also`` holds the slugs of further sources of the same story; only the queries for the
    lanes of boards fill it.
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
