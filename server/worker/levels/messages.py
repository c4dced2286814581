"""Reads what other Bảng Tin servers send, as untrusted JSON, into the values of core.levels; called by server_intake.

A document that cannot be read is a ParseError; a single item that cannot be read is left out.
"""

from __future__ import annotations

import hashlib
import json
from datetime import date, time
from typing import Annotated, Literal, TypeVar, cast
from zoneinfo import available_timezones

from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from feeds.errors import ParseError
from server.core.announcements import recurrence
from server.core.levels.items import FORMAT, RemoteArea, ServerDocument, ServerFeed, SharedFile, SharedItem, Tombstone
from server.core.model import AnnouncementKind, Contact, Level, Recurrence, Window
from server.core.text_input import cleaned
from server.core.times import readable

NO_SERVER = "Ở địa chỉ này không có máy chủ Bảng Tin nào, hoặc câu trả lời không đọc được."
TOO_NEW = "Máy chủ kia dùng bản mới hơn: hãy nâng cấp máy chủ này rồi đọc lại."
MOST_AREAS = 2000
MOST_ITEMS = 5000
Id = Annotated[str, Field(pattern=r"^[0-9a-f]{32}$")]
Origin = Annotated[str, Field(pattern=r"^[0-9a-f]{32}/[a-z0-9.-]{1,60}$")]
Slug = Annotated[str, Field(max_length=100)]
Line = Annotated[str, Field(max_length=1000)]
Text = Annotated[str, Field(max_length=100_000)]
Version = Annotated[int, Field(ge=0, le=10**14)]
D = TypeVar("D", bound=date)


def _with_year_in_range(day: D) -> D:
    if not readable(day):
        raise ValueError(f"the year {day.year}")
    return day


def _without_zone(found: time) -> time:
    if found.tzinfo is not None:
        raise ValueError("a time of day with a zone")
    return found


Instant = Annotated[AwareDatetime, AfterValidator(_with_year_in_range)]
Day = Annotated[date, AfterValidator(_with_year_in_range)]
TimeOfDay = Annotated[time, AfterValidator(_without_zone)]
Cells = tuple[tuple[Annotated[str, Field(max_length=2000)], ...], ...]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Area(_Part):
    slug: Slug
    name: Line
    codes: Annotated[tuple[Slug, ...], Field(max_length=20)] = ()
    parent: Slug | None = ""
    feed: Line = ""


class _Document(_Part):
    format: int
    server: Id
    name: Line
    version: Slug = ""
    areas: Annotated[tuple[_Area, ...], Field(max_length=MOST_AREAS)]
    hub: Line = ""


class _File(_Part):
    url: Line
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{16,64}$")]
    type: Slug
    alt: Line = ""


class _Contact(_Part):
    name: Line
    role: Line = ""
    phone: Line = ""
    address: Line = ""
    hours: Line = ""
    email: Line = ""


class _Recurrence(_Part):
    rule: Line
    start: TimeOfDay
    end: TimeOfDay
    first: Day
    last: Day | None = None
    but_holidays: bool = False
    zone: Slug = "Asia/Ho_Chi_Minh"
    not_before: Instant | None = None
    not_after: Instant | None = None


class _Item(_Part):
    origin: Origin
    version: Version
    path: Annotated[tuple[Id, ...], Field(min_length=1, max_length=50)]
    kind: Literal["story", "announcement", "posting", "notice"]
    level: Level = "normal"
    areas: Annotated[tuple[_Area, ...], Field(min_length=1, max_length=200)]
    title: Line
    since: Instant = Field(alias="from")
    until: Instant | None = None
    issuer: Line = ""
    text: Text = ""
    form: AnnouncementKind = "text"
    windows: Annotated[tuple[tuple[Instant, Instant | None], ...], Field(max_length=1000)] = ()
    recurrence: _Recurrence | None = None
    every_minutes: Annotated[int, Field(ge=1, le=1440)] | None = None
    table: Cells = ()
    contact: _Contact | None = None
    link: Line = ""
    page: Line = ""
    language: Slug = ""
    files: Annotated[tuple[_File, ...], Field(max_length=60)] = ()
    acts: Annotated[tuple[Line, ...], Field(max_length=20)] = ()
    danger: Slug = ""
    risk: Annotated[int, Field(ge=0, le=5)] = 0
    threat: Slug = ""
    exercise: bool = False
    calm: bool = False
    replaces: Origin | Literal[""] = ""


class _Gone(_Part):
    origin: Origin
    version: Version
    why: Literal["withdrawn", "corrected", "ended"] = "withdrawn"


class _Feed(_Part):
    format: int
    server: Id
    complete: bool = False
    items: Annotated[tuple[object, ...], Field(max_length=MOST_ITEMS)] = ()
    unchanged: dict[Origin, Version] = Field(default_factory=dict)
    gone: Annotated[tuple[_Gone, ...], Field(max_length=MOST_ITEMS)] = ()


T = TypeVar("T", _Document, _Feed)
_FORMAT_ONLY = TypeAdapter(dict[str, object])


def read_document(body: bytes) -> ServerDocument:
    """Reads the document in which a server says who it is. Raises ParseError."""
    found = _parsed(_Document, body)
    areas = tuple(
        RemoteArea(one.slug, cleaned(one.name).strip(), one.codes, one.parent or "", one.feed) for one in found.areas
    )
    return ServerDocument(found.server, cleaned(found.name).strip(), found.version, areas, found.hub)


def read_feed(body: bytes) -> tuple[ServerFeed, int]:
    """Reads the feed of a server; returns (the feed, how many items could not be read). Raises ParseError."""
    found = _parsed(_Feed, body)
    items, unread = [], 0
    for one in found.items:
        try:
            items.append(_item(_Item.model_validate(one), one))
        except ValueError:  # also ValidationError, and a recurrence that no calendar has
            unread += 1
    gone = tuple(Tombstone(one.origin, one.version, one.why) for one in found.gone)
    return ServerFeed(found.server, found.complete and not unread, tuple(items), found.unchanged, gone), unread


def _parsed(kind: type[T], body: bytes) -> T:
    try:
        raw = _FORMAT_ONLY.validate_json(body)
        if isinstance(raw.get("format"), int) and cast(int, raw["format"]) > FORMAT:
            raise ParseError(TOO_NEW, "format")
        return kind.model_validate(raw)
    except ValidationError as error:
        raise ParseError(NO_SERVER, "no-server") from error


def _item(one: _Item, raw: object) -> SharedItem:
    return SharedItem(
        origin=one.origin,
        version=one.version,
        path=one.path,
        kind=one.kind,
        level=one.level,
        areas=tuple(area.slug for area in one.areas),
        title=_line(one.title),
        since=one.since,
        digest=_digest(raw),
        until=one.until,
        issuer=_line(one.issuer),
        text=cleaned(one.text).strip(),
        form=one.form,
        windows=tuple(Window(start, until) for start, until in one.windows),
        recurrence=_recurrence(one.recurrence) if one.recurrence else None,
        every_minutes=one.every_minutes,
        table=tuple(tuple(_line(cell) for cell in row) for row in one.table),
        contact=Contact(**{name: _line(value) for name, value in one.contact.model_dump().items()})
        if one.contact
        else None,
        link=_address(one.link),
        page=_address(one.page),
        language=one.language,
        files=tuple(SharedFile(file.url, file.sha256, file.type, _line(file.alt)) for file in one.files),
        acts=tuple(_line(act) for act in one.acts),
        danger=_line(one.danger),
        risk=one.risk,
        threat=one.threat,
        exercise=one.exercise,
        calm=one.calm,
        replaces=one.replaces,
    )


def _recurrence(one: _Recurrence) -> Recurrence:
    """Raises ValueError for a rule outside the accepted subset or an unknown time zone."""
    recurrence.checked(one.rule)
    if one.zone not in available_timezones():
        raise ValueError(one.zone)
    return Recurrence(**one.model_dump())


def _digest(raw: object) -> str:
    """A hash of the item's content: not of its way here, nor of windows that follow from its recurrence."""
    fields = dict(cast(dict[str, object], raw))
    for name in ("version", "path", "page", *(("windows", "until") if fields.get("recurrence") else ())):
        fields.pop(name, None)
    return hashlib.sha256(json.dumps(fields, sort_keys=True).encode()).hexdigest()[:32]


def _line(text: str) -> str:
    return " ".join(cleaned(text).split())


def _address(text: str) -> str:
    return text if text.startswith(("http://", "https://")) else ""
