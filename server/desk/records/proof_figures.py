"""Adds up proof of play for its pages: totals of items, plays per day, the record of each board; called by proof."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from server.core.model import Board
from server.core.screens.proof import Proof, hours_of
from server.desk.web.context import desk
from server.store.screens import outages, screens
from server.store.screens.outages import Outage
from server.store.screens.plays import PlayTotal

LONGEST = timedelta(days=400)
USUAL = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Period:
    """Local days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day of the period, in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class Selection(TypedDict):
    """Arguments of the store's queries: slugs of boards, and days YYYY-MM-DD, both included."""

    boards: list[str]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """One item in a period on all boards: how often it was shown, first and last."""

    item: str
    title: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """One item on one board in a period, for the printed record.

    ``days`` is how many days it was shown, ``screens`` are names, ``hashes`` pairs of content hash and plays,
    ``outages`` pairs of a screen's name and an outage.
    """

    board: Board
    count: int
    days: int
    first: datetime
    last: datetime
    screens: tuple[str, ...]
    hashes: tuple[tuple[str, int], ...]
    outages: tuple[tuple[str, Outage], ...]


def selection(chosen: Sequence[Board], period: Period) -> Selection:
    """These boards and days as arguments of the store's queries."""
    return {
        "boards": [board.slug for board in chosen],
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
    }


def item_totals(totals: Iterable[PlayTotal]) -> list[ItemTotal]:
    """Sums the days of each item; the item shown most often first."""
    by_item: dict[str, list[PlayTotal]] = {}
    for one in totals:
        by_item.setdefault(one.item, []).append(one)
    found = [
        ItemTotal(
            item,
            max(days, key=lambda one: one.last).title,
            sum(one.count for one in days),
            min(one.first for one in days),
            max(one.last for one in days),
        )
        for item, days in by_item.items()
    ]
    return sorted(found, key=lambda one: -one.count)


def plays_per_day(totals: Iterable[PlayTotal], items: Collection[str], period: Period) -> dict[str, int]:
    """Day YYYY-MM-DD -> plays of ``items``; every day of the period is in it."""
    per_day = {day.isoformat(): 0 for day in period.days}
    for one in totals:
        if one.item in items:
            per_day[one.day] += one.count
    return per_day


def days_per_hour(proofs: Iterable[Proof]) -> list[int]:
    """For each hour of the day (0 to 23): the number of pairs (board, day) on which it was shown in that hour."""
    hours = [0] * 24
    for proof in proofs:
        for hour in hours_of(proof.hours):
            hours[hour] += 1
    return hours


def postings(chosen: Sequence[Board], proofs: Iterable[Proof], period: Period) -> list[Posting]:
    """One record for each board with proofs, in the order of ``chosen``.

    Screens and outages of all boards are read at once: an item of the province is on hundreds of boards.
    """
    by_board: dict[str, list[Proof]] = {}
    for proof in proofs:
        by_board.setdefault(proof.board, []).append(proof)
    outages, placed = _outages(list(by_board), period), screens.slot_history(desk.db, list(by_board))
    return [
        _posting(board, by_board[board.slug], placed.get(board.slug, {}), outages.get(board.slug, ()))
        for board in chosen
        if board.slug in by_board
    ]


def _outages(slugs: Sequence[str], period: Period) -> dict[str, list[Outage]]:
    start = datetime.combine(period.first, time(), desk.zone())
    end = datetime.combine(period.last + timedelta(days=1), time(), desk.zone())
    found: dict[str, list[Outage]] = {}
    for one in outages.of_boards(desk.db, slugs, start, end):
        found.setdefault(one.board, []).append(one)
    return found


def _posting(
    board: Board,
    proofs: Sequence[Proof],
    placed: Mapping[int, Sequence[tuple[int, str]]],
    outages: Sequence[Outage],
) -> Posting:
    """One board's record; ``placed``: place (slot) on the board -> id and name of the screens that stood there."""
    hashes: dict[str, int] = {}
    for proof in proofs:
        for hash, count in proof.hashes.items():
            hashes[hash] = hashes.get(hash, 0) + count
    places = sorted({place for proof in proofs for place in proof.places})
    name_of = {id: name for named in placed.values() for id, name in named}
    return Posting(
        board,
        sum(proof.count for proof in proofs),
        len({proof.day for proof in proofs}),
        min(proof.first for proof in proofs),
        max(proof.last for proof in proofs),
        tuple(", ".join(name for _id, name in placed.get(place, [])) or f"#{place + 1}" for place in places),
        tuple(sorted(hashes.items(), key=lambda pair: -pair[1])),
        tuple((name_of.get(one.screen, f"#{one.screen}"), one) for one in outages),
    )
