"""Reads config.toml into frozen values, naming every problem with its path; called by main and assembly.

The file's keys are described where they stand, in config.toml, and in docs/config.md (a test compares them).
Environment variables override: BANGTIN_SERVER__PORT=9000 sets [server] port.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from datetime import date, time, timedelta
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, ValidationError

from feeds import ParseError, Selectors
from server.core import model
from server.core.areas import AreaTree
from server.core.typesetting.formats import size_class

PREFIX = "BANGTIN_"
BEFORE_KNOWN_MINUTES = 15
"""How often a source is read whose pace is not said and not known yet."""


class ConfigError(Exception):
    """What is wrong in config.toml; ``problems`` are lines of "path: what", in Vietnamese."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("\n".join(problems))
        self.problems = problems


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


Network = Annotated[str, AfterValidator(_network)]
Slug = Annotated[str, Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=60)]
Zone = Annotated[str, AfterValidator(_zone)]
HoursText = Annotated[str, Field(pattern=r"^\d\d:\d\d-\d\d:\d\d$")]


class Section(BaseModel):
    """A table of the file: frozen, and an unknown key in it is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class ServerSection(Section):
    host: str = "127.0.0.1"
    port: Annotated[int, Field(ge=0, le=65535)] = 8080
    public_url: str = ""
    proxies: Annotated[int, Field(ge=0, le=9)] = 0
    fanout: Literal["direct", "stock"] = "direct"
    metrics_from: tuple[Network, ...] = ("127.0.0.0/8", "::1/128")


class StoreSection(Section):
    url: Annotated[str, Field(pattern=r"^(sqlite:///|postgresql\+psycopg://)")] = "sqlite:///bangtin.db"


class QueueSection(Section):
    url: Annotated[str, Field(pattern=r"^(rediss?://.*)?$")] = ""


class FetchSection(Section):
    allow_private: tuple[str, ...] = ()
    user_agent: str = ""


class NoticesSection(Section):
    four_eyes: bool = False


class AnnouncementsSection(Section):
    four_eyes: bool = False
    days_off: tuple[date, ...] = ()


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


class PeopleSection(Section):
    second_factor: bool = True


class MailSection(Section):
    host: str = ""
    port: Annotated[int, Field(ge=1, le=65535)] = 587
    security: Literal["starttls", "tls", "none"] = "starttls"
    user: str = ""
    password_file: str = ""
    sender: str = ""


class AreaSection(Section):
    slug: Slug
    name: Annotated[str, Field(min_length=1)]
    parent: Slug | None = None
    codes: tuple[str, ...] = ()
    phone: str = ""


def _css(text: str) -> str:
    try:
        Selectors(item=text).check()
    except ParseError as error:
        raise ValueError(error.message) from error
    return text


Css = Annotated[str, AfterValidator(_css)]


class PageSection(Section):
    """Where on a list page the news stands; what is empty is found."""

    item: Css = ""
    title: Css = ""
    link: Css = ""
    date: Css = ""
    picture: Css = ""
    summary: Css = ""
    next: Css = ""
    pages: Annotated[int, Field(ge=1, le=10)] = 1


class SourceSection(Section):
    slug: Slug
    name: str = ""
    label: str = ""
    kind: Literal["feed", "page", "cap"] = "feed"
    url: Annotated[str, Field(min_length=1)]
    area: Slug | None = None
    every_minutes: Annotated[float, Field(gt=0, le=1440)] | None = None
    trust: Literal["auto", "hold", "alerts"] = "hold"
    alerts: Literal["none", "draft", "live"] = "none"
    zone: Zone | None = None
    user_agent: str = ""
    ca_bundle: str = ""
    full_text: bool = False
    page: PageSection | None = None


class LaneSection(Section):
    source: Slug
    most: Annotated[int, Field(ge=1, le=200)] = 20
    newest_days: Annotated[int, Field(ge=1, le=36500)] = 30


ThemeName = Literal["province", "commune", "contrast", "mourning"]


class ThemeSection(Section):
    """A theme for certain days; ``last`` is the last of them."""

    theme: ThemeName
    first: date
    last: date
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
    point: tuple[float, float] | None = None
    hours: tuple[HoursText, ...] = ()
    upper_share: Annotated[float, Field(ge=0, le=1)] = 0.5
    sound: bool = False


class Config(Section):
    """The whole file. ``areas``, ``sources`` and ``boards`` seed the store; the desk changes them afterwards."""

    timezone: Zone = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"
    server: ServerSection = ServerSection()
    store: StoreSection = StoreSection()
    queue: QueueSection = QueueSection()
    fetch: FetchSection = FetchSection()
    notices: NoticesSection = NoticesSection()
    announcements: AnnouncementsSection = AnnouncementsSection()
    history: HistorySection = HistorySection()
    backup: BackupSection = BackupSection()
    receipts: ReceiptsSection = ReceiptsSection()
    people: PeopleSection = PeopleSection()
    mail: MailSection = MailSection()
    areas: tuple[AreaSection, ...] = ()
    sources: tuple[SourceSection, ...] = ()
    boards: tuple[BoardSection, ...] = ()
    themes: tuple[ThemeSection, ...] = ()

    def theme_values(self) -> tuple[model.ThemeDays, ...]:
        return tuple(model.ThemeDays(one.theme, one.first, one.last, one.boards) for one in self.themes)

    def area_values(self) -> tuple[model.Area, ...]:
        return tuple(model.Area(a.slug, a.name, a.parent, a.codes, a.phone) for a in self.areas)

    def source_values(self) -> tuple[model.Source, ...]:
        return tuple(
            model.Source(
                slug=s.slug, name=s.name or s.slug, label=s.label, kind=s.kind, url=s.url, area=s.area,
                every=timedelta(minutes=s.every_minutes or BEFORE_KNOWN_MINUTES), trust=s.trust, alerts=s.alerts,
                zone=s.zone or self.timezone, user_agent=s.user_agent or self.fetch.user_agent,
                ca_bundle=s.ca_bundle, full_text=s.full_text, adaptive=s.every_minutes is None,
                page=model.PageRules(**s.page.model_dump()) if s.page else None,
            )
            for s in self.sources
        )  # fmt: skip

    def board_values(self) -> tuple[model.Board, ...]:
        return tuple(
            model.Board(
                slug=b.slug, name=b.name, area=b.area, public=b.public, theme=b.theme,
                format=model.Format(
                    b.layout, size_class(b.layout, b.diagonal_inches, b.distance_metres),
                    side="side" in b.regions, ticker="ticker" in b.regions,
                ),
                lanes=tuple(model.Lane(lane.source, lane.most, lane.newest_days) for lane in b.lanes),
                point=b.point, hours=tuple(_hours(text) for text in b.hours), zone=self.timezone,
                language=self.language, upper_share=b.upper_share,
                diagonal=b.diagonal_inches, distance=b.distance_metres, sound=b.sound,
            )
            for b in self.boards
        )  # fmt: skip


def _hours(text: str) -> model.Hours:
    start, end = text.split("-")
    return model.Hours(time.fromisoformat(start), time.fromisoformat(end))


def load(path: Path, environment: Mapping[str, str]) -> Config:
    """Reads and checks ``path``. Raises ConfigError with every problem found, each with its place."""
    try:
        raw = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise ConfigError([f"{path}: không tìm thấy tệp cấu hình; chỉ ra bằng --config"]) from error
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError([f"{path}: không đọc được ({error})"]) from error
    except tomllib.TOMLDecodeError as error:
        raise ConfigError([f"{path}: không phải TOML hợp lệ: {error}"]) from error
    _override(raw, environment)
    try:
        config = Config.model_validate(raw)
    except ValidationError as error:
        raise ConfigError([f"{path}: {line}" for line in _lines(error)]) from error
    problems = list(_contradictions(config))
    if problems:
        raise ConfigError([f"{path}: {line}" for line in problems])
    return config


def _override(raw: dict[str, Any], environment: Mapping[str, str]) -> None:
    """BANGTIN_SECTION__KEY or BANGTIN_KEY; values are TOML where they parse as such, else plain text."""
    for name, text in environment.items():
        path = name.removeprefix(PREFIX).lower().split("__")
        if not name.startswith(PREFIX) or path[0] not in Config.model_fields:
            continue
        try:
            value = tomllib.loads(f"value = {text}")["value"]
        except tomllib.TOMLDecodeError:
            value = text
        target: Any = raw
        for part in path[:-1]:
            target = target.setdefault(part, {}) if isinstance(target, dict) else None
        if isinstance(target, dict):
            target[path[-1]] = value
        # Else the file has a plain value where a section belongs: that mistake is named when the whole is checked.


_MESSAGES = {
    "extra_forbidden": "không có khóa này (gõ nhầm?)",
    "missing": "còn thiếu",
    "string_pattern_mismatch": "không đúng dạng, cần khớp {pattern}",
    "greater_than": "phải lớn hơn {gt}",
    "greater_than_equal": "không được nhỏ hơn {ge}",
    "less_than_equal": "không được lớn hơn {le}",
    "literal_error": "chỉ nhận {expected}",
    "string_type": "phải là chữ trong ngoặc kép",
    "bool_type": "phải là true hoặc false",
    "bool_parsing": "phải là true hoặc false",
    "int_type": "phải là số nguyên",
    "int_parsing": "phải là số nguyên",
    "float_type": "phải là số",
    "float_parsing": "phải là số",
    "date_type": "phải là ngày, như 2027-02-05",
    "date_from_datetime_parsing": "phải là ngày, như 2027-02-05",
    "value_error": "{error}",
}


def _lines(error: ValidationError) -> Iterator[str]:
    for problem in error.errors():
        path = ""
        for part in problem["loc"]:
            path += f"[{part}]" if isinstance(part, int) else f".{part}" if path else part
        text = _MESSAGES.get(problem["type"], problem["msg"])
        yield f"{path}: {text.format_map(problem.get('ctx', {}))}"


def _contradictions(config: Config) -> Iterator[str]:
    """What each key alone cannot show: doubled slugs, names that nothing bears, circles, wrong hours."""
    for name in ("areas", "sources", "boards"):
        seen: set[str] = set()
        for place, one in enumerate(getattr(config, name)):
            if one.slug in seen:
                yield f"{name}[{place}].slug: {one.slug!r} đã dùng ở trên"
            seen.add(one.slug)
    areas = {area.slug for area in config.areas}
    sources = {source.slug for source in config.sources}
    for place, area in enumerate(config.areas):
        if area.parent is not None and area.parent not in areas:
            yield f"areas[{place}].parent: không có đơn vị {area.parent!r}"
    if all(area.parent is None or area.parent in areas for area in config.areas):
        try:
            AreaTree({area.slug: area for area in config.area_values()}.values())
        except ValueError as error:
            yield f"areas: các đơn vị tạo thành vòng ({error})"
    for place, source in enumerate(config.sources):
        if source.area is not None and source.area not in areas:
            yield f"sources[{place}].area: không có đơn vị {source.area!r}"
        if source.page is not None and source.kind != "page":
            yield f'sources[{place}].page: chỉ dùng với kind = "page"'
    boards = {board.slug for board in config.boards}
    for place, days in enumerate(config.themes):
        if days.last < days.first:
            yield f"themes[{place}].last: {days.last} đứng trước ngày đầu {days.first}"
        for slug in set(days.boards) - boards:
            yield f"themes[{place}].boards: không có bảng tin {slug!r}"
    for place, board in enumerate(config.boards):
        if "side" in board.regions and board.layout == "portrait":
            yield f"boards[{place}].regions: màn hình đứng không có chỗ cho cột bên (side)"
        if board.area not in areas:
            yield f"boards[{place}].area: không có đơn vị {board.area!r}"
        for number, lane in enumerate(board.lanes):
            if lane.source not in sources:
                yield f"boards[{place}].lanes[{number}].source: không có nguồn {lane.source!r}"
        for number, text in enumerate(board.hours):
            try:
                _hours(text)
            except ValueError:
                yield f"boards[{place}].hours[{number}]: giờ {text!r} không có thật"
