"""The configuration as frozen values, and its areas, sources and boards as values of core.model.

server.setup.config_file reads it from config.toml; server, desk, worker and the command line are handed it.
"""

from __future__ import annotations

from datetime import time, timedelta
from typing import Literal

from server.core import model
from server.core.typesetting.formats import size_class
from server.setup.config_sections import (
    AnnouncementsSection,
    AreaSection,
    BackupSection,
    BoardSection,
    FetchSection,
    HistorySection,
    MailSection,
    NoticesSection,
    PeopleSection,
    QueueSection,
    ReceiptsSection,
    Section,
    ServerSection,
    SourceSection,
    StoreSection,
    ThemeSection,
    Zone,
)

FIRST_INTERVAL_MINUTES = 15
"""How often a source without ``every_minutes`` is read until its own interval is known."""


class Config(Section):
    """The whole file. ``areas``, ``sources`` and ``boards`` seed the store; the desk changes them afterwards.

    Raises pydantic's ValidationError; server.setup.config_file.load turns it into ConfigError.
    """

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
                every=timedelta(minutes=s.every_minutes or FIRST_INTERVAL_MINUTES), trust=s.trust, alerts=s.alerts,
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
                point=b.point, hours=tuple(hours_value(text) for text in b.hours), zone=self.timezone,
                language=self.language, upper_share=b.upper_share,
                diagonal=b.diagonal_inches, distance=b.distance_metres, sound=b.sound,
            )
            for b in self.boards
        )  # fmt: skip


def hours_value(text: str) -> model.Hours:
    """ "05:00-22:30" as Hours. Raises ValueError where no such time exists."""
    start, end = text.split("-")
    return model.Hours(time.fromisoformat(start), time.fromisoformat(end))
