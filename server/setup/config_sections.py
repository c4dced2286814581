"""The tables of config.toml as frozen pydantic models, one class for each table; used by server.setup.config.

The file's keys are described in config.toml itself and in docs/config.md (tests/test_docs.py compares them).
"""

from __future__ import annotations

from datetime import date
from ipaddress import ip_network
from typing import Annotated, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, Field

from feeds import ParseError, Selectors
from server.core.alerts.senders import SENDER
from server.core.alerts.source_rules import territory_part
from server.core.times import FIRST_YEAR, LAST_YEAR, plausible
from server.setup.config_addresses import PublicUrl, QueueUrl, StoreUrl
from server.setup.config_mailbox import MailboxSection, Section, Slug
from server.setup.config_places import AreaCode, OutlineText, PointPair


def _zone(name: str) -> str:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise ValueError(f"không có múi giờ {name!r}") from error
    return name


def _network(text: str) -> str:
    try:
        ip_network(text)
    except ValueError as error:
        raise ValueError(f"{text!r} không phải là mạng như 10.0.0.0/8") from error
    return text


def _day(day: date) -> date:
    if not plausible(day):
        raise ValueError(f"năm {day.year} nằm ngoài khoảng từ {FIRST_YEAR} đến {LAST_YEAR}")
    return day


Day = Annotated[date, AfterValidator(_day)]
Network = Annotated[str, AfterValidator(_network)]
Zone = Annotated[str, AfterValidator(_zone)]
HoursText = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]


class ServerSection(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: PublicUrl = ""
    proxies: Annotated[int, Field(ge=0, le=9)] = 0
    fanout: Literal["direct", "stock"] = "direct"
    metrics_from: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")
    hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9._:-]+$", max_length=253)], ...] = ()
    uncapped: tuple[Network, ...] = ()
    request_seconds: Annotated[float, Field(ge=0.5, le=120)] = 10


class StoreSection(Section):
    url: StoreUrl = "sqlite:///bangtin.db"


class QueueSection(Section):
    url: QueueUrl = ""


class FetchSection(Section):
    allow_private: tuple[str, ...] = ()
    user_agent: str = ""


class NoticesSection(Section):
    four_eyes: bool = False


def _sender(text: str) -> str:
    if text and not SENDER.fullmatch(text):
        raise ValueError("phải có từ 3 đến 200 ký tự, không dấu cách, dấu phẩy, <, > hoặc &")
    return text


Sender = Annotated[str, AfterValidator(_sender)]
Words = tuple[Annotated[str, Field(min_length=1, max_length=60)], ...]


class AlertsSection(Section):
    """Whether and how CAP alerts are published, and the limits and CAP values by which received alerts are judged.

    ``signing_key`` and ``certificate`` are PEM files relative to --data; they sign what is published.
    server.core.alerts.rules has the rules that use the limits and values.
    """

    publish: bool = True
    signing_key: str = ""
    certificate: str = ""
    without_expires_hours: Annotated[float, Field(gt=0, le=72)] = 6
    calm_hours: Annotated[float, Field(gt=0, le=24)] = 1
    ended_minutes: Annotated[float, Field(ge=0, le=60)] = 1
    urgent_before_onset_hours: Annotated[float, Field(ge=0, le=240)] = 6
    slide_after_hours: Annotated[float, Field(gt=0, le=720)] = 72
    urgent_holds_minutes: Annotated[float, Field(ge=0, le=1440)] = 15
    flood_count: Annotated[int, Field(ge=1, le=1000)] = 30
    flood_minutes: Annotated[float, Field(gt=0, le=1440)] = 60
    missing_polls: Annotated[int, Field(ge=1, le=100)] = 3
    silent_minutes: Annotated[float, Field(ge=5, le=1440)] = 10
    point_kilometres: Annotated[float, Field(gt=0, le=100)] = 5
    urgent_severities: Words = ("Extreme", "Severe")
    urgent_urgencies: Words = ("Immediate", "Expected")
    urgent_certainties: Words = ("Observed", "Likely")
    calm_severities: Words = ("Minor",)
    calm_urgencies: Words = ("Past",)
    calm_certainties: Words = ("Unlikely",)


class AnnouncementsSection(Section):
    four_eyes: bool = False
    days_off: tuple[Day, ...] = ()


class BackupSection(Section):
    folder: str = "backups"
    every_hours: Annotated[float, Field(ge=0, le=744)] = 24
    keep: Annotated[int, Field(ge=1, le=1000)] = 14


class HistorySection(Section):
    laps_days: Annotated[int, Field(ge=1, le=3650)] = 35


class ReceiptsSection(Section):
    plays_days: Annotated[int, Field(ge=1, le=36500)] = 1100
    outages_days: Annotated[int, Field(ge=1, le=36500)] = 1100
    silent_minutes: Annotated[float, Field(ge=1.5, le=1440)] = 2
    weekly_test: bool = True


class ApiSection(Section):
    reads_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 600
    writes_per_minute: Annotated[int, Field(ge=1, le=1_000_000)] = 60


class ServingSection(Section):
    """For how long boards show the numbers of a hall's counters after they were reported."""

    fresh_minutes: Annotated[float, Field(ge=0.1, le=60)] = 10


class PeopleSection(Section):
    second_factor: bool = True


class PublicSection(Section):
    """Settings of the feeds, calendars and open data of public boards.

    ``data_licence`` is the licence that they name, "" for none. ``feed_host`` is the host name in the ids of feeds,
    entries and calendars; "" means the host of ``[server] public_url``.
    """

    data_licence: Annotated[str, Field(max_length=300)] = ""
    feed_host: Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?)?$", max_length=253)] = ""


class AreaSection(Section):
    slug: Slug
    name: Annotated[str, Field(min_length=1)]
    parent: Slug | None = None
    codes: tuple[AreaCode, ...] = ()
    phone: str = ""
    telephone: str = ""
    point: PointPair | None = None
    outline: OutlineText = None
    alert_sender: Sender = ""


def _css(text: str) -> str:
    try:
        Selectors(item=text).check()
    except ParseError as error:
        raise ValueError(error.message) from error
    return text


Css = Annotated[str, AfterValidator(_css)]


class PageSection(Section):
    """CSS selectors that find news on a list page; an empty selector means that this part is detected."""

    item: Css = ""
    title: Css = ""
    link: Css = ""
    date: Css = ""
    picture: Css = ""
    summary: Css = ""
    next: Css = ""
    pages: Annotated[int, Field(ge=1, le=10)] = 1


def _territory(text: str) -> str:
    try:
        territory_part(text)
    except ValueError as error:
        raise ValueError(str(error)) from error
    return text


Territory = Annotated[str, AfterValidator(_territory)]


class SourceSection(Section):
    slug: Slug
    name: str = ""
    label: str = ""
    kind: Literal["feed", "page", "cap", "mail", "server"] = "feed"
    url: Annotated[str, Field(min_length=1)]
    area: Slug | None = None
    every_minutes: Annotated[float, Field(gt=0, le=1440)] | None = None
    trust: Literal["auto", "hold", "alerts"] = "hold"
    # This key and the ten below it are for kind = "cap". With another kind `alerts`, a key of former versions, is
    # accepted and ignored, so that an old config.toml works; `run.py check` says so.
    alerts: Literal["none", "draft", "live"] | None = None
    index: Literal["newest", "complete"] = "newest"
    territory: tuple[Territory, ...] = ()
    default_area: Slug | None = None
    geometry_first: bool = False
    languages: tuple[Annotated[str, Field(pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$")], ...] = ()
    certificate: str = ""
    risk_parameter: str = ""
    exercises: bool = False
    alert_language: Annotated[str, Field(pattern=r"^([A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*)?$")] = ""
    web_hosts: tuple[Annotated[str, Field(pattern=r"^[A-Za-z0-9.-]+$", max_length=253)], ...] = ()
    zone: Zone | None = None
    user_agent: str = ""
    ca_bundle: str = ""
    full_text: bool = False
    page: PageSection | None = None
    mail: MailboxSection | None = None


class LaneSection(Section):
    source: Slug
    most: Annotated[int, Field(ge=1, le=200)] = 20
    newest_days: Annotated[int, Field(ge=1, le=36500)] = 30


ThemeName = Literal["province", "commune", "contrast", "mourning"]


class ThemeSection(Section):
    """A theme for the days from ``first`` to ``last``, both included; if ``boards`` is empty, for all boards."""

    theme: ThemeName
    first: Day
    last: Day
    boards: tuple[Slug, ...] = ()


class BoardSection(Section):
    slug: Slug
    name: Annotated[str, Field(min_length=1)]
    area: Slug
    public: bool = False
    theme: ThemeName = "province"
    regions: tuple[Literal["side", "ticker"], ...] = ()
    layout: Literal["landscape", "portrait", "classic"] = "landscape"
    diagonal_inches: Annotated[float, Field(gt=5, le=2000)] = 55
    distance_metres: Annotated[float, Field(gt=0.2, le=200)] = 3
    lanes: tuple[LaneSection, ...] = ()
    point: PointPair | None = None
    hours: tuple[HoursText, ...] = ()
    upper_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    sound: bool = False
