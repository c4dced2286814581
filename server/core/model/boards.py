"""Boards with their format, lanes, hours and themes; read through `server.core.model`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, time
from typing import Literal

from server.core.model.areas import Point
from server.core.model.now_serving import ServingTurn

Mode = Literal["on", "dark", "safe"]
Layout = Literal["landscape", "portrait", "classic"]
Size = Literal["S", "M", "L", "XL", "LED"]
Owner = Literal["state", "company_ads", "company_shared"]
"""Who owns a board: the State, a company for advertising alone, or a company that also carries political news."""


@dataclass(frozen=True, slots=True)
class Lane:
    """One source whose stories a board shows: at most ``most`` of them, none older than ``newest_days`` days."""

    source: str
    most: int = 20
    newest_days: int = 30


@dataclass(frozen=True, slots=True)
class Format:
    """The properties of a board on which a slide's HTML depends: layout, size class, regions. Many boards share one.

    ``side``: a list of the coming slides stands beside the slide (never in portrait). ``ticker``: a line of text
    runs below it.
    """

    layout: Layout = "landscape"
    size: Size = "S"
    side: bool = False
    ticker: bool = False

    @property
    def name(self) -> str:
        """The format as text, for example "landscape-S-side-ticker"."""
        regions = "-side" * self.side + "-ticker" * self.ticker
        return f"{self.layout}-{self.size}{regions}"


@dataclass(frozen=True, slots=True)
class ThemeDays:
    """A theme for certain days (mourning, elections), from ``first`` to ``last`` inclusive, in each board's zone.

    ``boards`` holds the slugs of the boards it applies to; empty: all boards.
    """

    theme: str
    first: date
    last: date
    boards: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Hours:
    """Hours in which the panel is on, wall time of the board's zone; if ``start > end``, they end on the next day."""

    start: time
    end: time


@dataclass(frozen=True, slots=True)
class Board:
    """An electronic board: the content and the settings that all screens of one place share.

    ``mode`` "dark" shows nothing but urgent notices, "safe" only the safe slide. ``point`` is None if the board
    stands at its area's point (core.areas.board_point). ``hours`` are the hours in which the panel is on (none:
    always). server/core/typesetting/formats.py derives the size class of ``format`` from layout, ``diagonal``
    (inches) and ``distance`` (metres); where these are None, the size class was set by hand. ``upper_share`` (0 to 1)
    is the largest part of a lap's time for items of higher areas. ``days`` are the board's own themes by date; they
    take precedence over those of config.toml. ``sound``: videos may play their sound. ``serving`` says when the
    numbers of a hall's counters are shown: with "lap" after every ``serving_every`` slides. ``chime``: a new number
    is announced by two tones. ``owner`` is the class of the owner, ``owner_name`` the company ("" for the State).
    ``agreed_share`` (0 to 1) is the share of airtime that a company has agreed to give to political information; None
    if nothing is agreed.
    """

    slug: str
    name: str
    area: str
    public: bool = False
    theme: str = "province"
    format: Format = Format()
    lanes: tuple[Lane, ...] = ()
    point: Point | None = None
    hours: tuple[Hours, ...] = ()
    zone: str = "Asia/Ho_Chi_Minh"
    language: str = "vi"
    upper_share: float = 0.5
    mode: Mode = "on"
    diagonal: float | None = None
    distance: float | None = None
    days: tuple[ThemeDays, ...] = ()
    sound: bool = False
    serving: ServingTurn = "off"
    serving_every: int = 5
    chime: bool = False
    owner: Owner = "state"
    owner_name: str = ""
    agreed_share: float | None = None
