"""The configuration as frozen values, and its areas, sources and boards as values of core.model.

server.setup.config_file reads it from config.toml; server, desk, worker and the command line get it as an argument.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import time, timedelta
from typing import Literal

from server.core import model
from server.core.alerts.rules import AlertRules
from server.core.typesetting.formats import size_class
from server.setup.config_exchange import (
    DocumentsSection,
    DutySection,
    MailSection,
    PushSection,
    SourceSystemSection,
)
from server.setup.config_mailbox import MailboxSection, Section
from server.setup.config_sections import (
    AlertsSection,
    AnnouncementsSection,
    ApiSection,
    AreaSection,
    BackupSection,
    BoardSection,
    FetchSection,
    HistorySection,
    NoticesSection,
    PeopleSection,
    PublicSection,
    QueueSection,
    ReceiptsSection,
    ServerSection,
    ServingSection,
    SourceSection,
    StoreSection,
    ThemeSection,
    Zone,
)

FIRST_MINUTES = 15
"""The interval at which a source without ``every_minutes`` is read until its own interval is known."""
ALERT_MINUTES = 2
"""The interval at which a source of alerts without ``every_minutes`` is read."""
MAIL_MINUTES = 2
"""The interval at which a mailbox without ``every_minutes`` is read."""
_FIRST_MINUTES = {"cap": ALERT_MINUTES, "mail": MAIL_MINUTES, "server": 1}


class Config(Section):
    """The whole configuration. ``areas``, ``sources`` and ``boards`` seed the store; later the desk changes them.

    Its methods convert tables of the file to values of server.core.model. Invalid values raise pydantic's
    ValidationError, which server.setup.config_file.load converts to ConfigError.
    """

    timezone: Zone = "Asia/Ho_Chi_Minh"
    language: Literal["vi", "en"] = "vi"
    server: ServerSection = ServerSection()
    store: StoreSection = StoreSection()
    queue: QueueSection = QueueSection()
    fetch: FetchSection = FetchSection()
    notices: NoticesSection = NoticesSection()
    alerts: AlertsSection = AlertsSection()
    announcements: AnnouncementsSection = AnnouncementsSection()
    history: HistorySection = HistorySection()
    backup: BackupSection = BackupSection()
    receipts: ReceiptsSection = ReceiptsSection()
    people: PeopleSection = PeopleSection()
    public: PublicSection = PublicSection()
    push: PushSection = PushSection()
    api: ApiSection = ApiSection()
    serving: ServingSection = ServingSection()
    source_system: SourceSystemSection = SourceSystemSection()
    documents: DocumentsSection = DocumentsSection()
    mail: MailSection = MailSection()
    duty: DutySection = DutySection()
    areas: tuple[AreaSection, ...] = ()
    sources: tuple[SourceSection, ...] = ()
    boards: tuple[BoardSection, ...] = ()
    themes: tuple[ThemeSection, ...] = ()

    def theme_values(self) -> tuple[model.ThemeDays, ...]:
        return tuple(model.ThemeDays(one.theme, one.first, one.last, one.boards) for one in self.themes)

    def area_values(self) -> tuple[model.OutlinedArea, ...]:
        return tuple(
            model.OutlinedArea(
                a.slug, a.name, a.parent, a.codes, a.phone, _point(a.point), a.telephone, outline=a.outline or ()
            )
            for a in self.areas
        )

    def alert_senders(self) -> dict[str, str]:
        """The CAP sender of each area that has its own, by the area's slug."""
        return {area.slug: area.alert_sender for area in self.areas if area.alert_sender}

    def source_values(self) -> tuple[model.Source, ...]:
        return tuple(
            model.Source(
                slug=s.slug, name=s.name or s.slug, label=s.label, kind=s.kind, url=s.url, area=s.area,
                every=timedelta(minutes=s.every_minutes or _FIRST_MINUTES.get(s.kind, FIRST_MINUTES)),
                trust="auto" if s.trust == "auto" else "hold",
                zone=s.zone or self.timezone, user_agent=s.user_agent or self.fetch.user_agent,
                ca_bundle=s.ca_bundle, full_text=s.full_text,
                adaptive=s.every_minutes is None and s.kind not in ("mail", "server"),
                page=model.PageRules(**s.page.model_dump()) if s.page else None,
                cap=_alert_settings(s) if s.kind in ("cap", "server") else None,
                mail=_mail_settings(s.mail) if s.mail is not None and s.kind == "mail" else None,
            )
            for s in self.sources
        )  # fmt: skip

    def alert_rules(self) -> AlertRules:
        """The rules that apply to all sources of alerts; core.alerts.source_rules adds those of a single source."""
        own = self.alerts
        return AlertRules(
            four_eyes=self.notices.four_eyes,
            without_expires=timedelta(hours=own.without_expires_hours),
            calm_for=timedelta(hours=own.calm_hours),
            ended_for=timedelta(minutes=own.ended_minutes),
            urgent_before_onset=timedelta(hours=own.urgent_before_onset_hours),
            slide_after=timedelta(hours=own.slide_after_hours),
            urgent_holds=timedelta(minutes=own.urgent_holds_minutes),
            flood_count=own.flood_count,
            flood_within=timedelta(minutes=own.flood_minutes),
            missing_polls=own.missing_polls,
            silent_after=timedelta(minutes=own.silent_minutes),
            point_km=own.point_kilometres,
            urgent_severities=_folded(own.urgent_severities),
            urgent_urgencies=_folded(own.urgent_urgencies),
            urgent_certainties=_folded(own.urgent_certainties),
            calm_severities=_folded(own.calm_severities),
            calm_urgencies=_folded(own.calm_urgencies),
            calm_certainties=_folded(own.calm_certainties),
        )

    def board_values(self) -> tuple[model.Board, ...]:
        return tuple(
            model.Board(
                slug=b.slug, name=b.name, area=b.area, public=b.public, theme=b.theme,
                format=model.Format(
                    b.layout, size_class(b.layout, b.diagonal_inches, b.distance_metres),
                    side="side" in b.regions, ticker="ticker" in b.regions,
                ),
                lanes=tuple(model.Lane(lane.source, lane.most, lane.newest_days) for lane in b.lanes),
                point=_point(b.point), hours=tuple(hours_value(text) for text in b.hours), zone=self.timezone,
                language=self.language, upper_share=b.upper_share,
                diagonal=b.diagonal_inches, distance=b.distance_metres, sound=b.sound,
            )
            for b in self.boards
        )  # fmt: skip


def _alert_settings(section: SourceSection) -> model.AlertSettings:
    return model.AlertSettings(
        alerts=section.alerts or "draft",
        index=section.index,
        territory=section.territory,
        default_area=section.default_area or "",
        geometry_first=section.geometry_first,
        languages=section.languages,
        certificate=section.certificate,
        risk_parameter=section.risk_parameter,
        exercises=section.exercises,
        language=section.alert_language,
        web_hosts=section.web_hosts,
    )


def _mail_settings(section: MailboxSection) -> model.MailSettings:
    senders = tuple(model.AllowedSender(one.address, one.area, one.boards) for one in section.senders)
    return model.MailSettings(section.user, section.authserv, senders, section.oldest_days, section.shown_days)


def _folded(words: Iterable[str]) -> frozenset[str]:
    return frozenset(word.casefold() for word in words)


def _point(pair: tuple[float, float] | None) -> model.Point | None:
    return None if pair is None else model.Point(*pair)


def hours_value(text: str) -> model.Hours:
    """Converts text such as "05:00-22:30" to Hours. Raises ValueError for a time that does not exist."""
    start, end = text.split("-")
    return model.Hours(time.fromisoformat(start), time.fromisoformat(end))
