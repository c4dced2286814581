"""Computes the figures of the proof of play: totals of items, plays per day, records of boards.

Called by proof and notice_proof.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import TypedDict

from flask_babel import gettext

from server.core.model import Board
from server.core.screens.proof import Proof
from server.desk.web.context import desk
from server.store.screens import outages, screens
from server.store.screens.outages import Outage
from server.store.screens.plays import PlayTotal

LONGEST = timedelta(days=400)
USUAL = timedelta(days=6)


@dataclass(frozen=True, slots=True)
class Period:
    """A period of local days from ``first`` to ``last``, both included."""

    first: date
    last: date

    @property
    def days(self) -> list[date]:
        """Every day of the period, in order."""
        return [self.first + timedelta(days=n) for n in range((self.last - self.first).days + 1)]


class Selection(TypedDict):
    """Keyword arguments of the store's queries: slugs of boards, first and last day (YYYY-MM-DD, both included)."""

    boards: list[str]
    first: str
    last: str


@dataclass(frozen=True, slots=True)
class ItemTotal:
    """How often an item was shown in a period, on all boards together.

    ``first`` and ``last`` are the times of the first and the last showing.
    """

    item: str
    title: str
    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Posting:
    """How one board showed an item in a period, for the printed record.

    ``count`` is how often it was shown, ``days`` on how many days. ``screens`` are names; ``hashes`` are pairs of a
    content hash and how often it was shown; ``outages`` are pairs of a screen's name and an outage.
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
    """Returns the boards ``chosen`` and the days of the period as keyword arguments of the store's queries."""
    return {
        "boards": [board.slug for board in chosen],
        "first": period.first.isoformat(),
        "last": period.last.isoformat(),
    }


def item_totals(totals: Iterable[PlayTotal]) -> list[ItemTotal]:
    """Adds up the daily totals of each item and returns them; the item shown most often comes first."""
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
    """Returns day (YYYY-MM-DD) -> how often ``items`` were shown on it; contains every day of the period."""
    per_day = {day.isoformat(): 0 for day in period.days}
    for one in totals:
        if one.item in items:
            per_day[one.day] += one.count
    return per_day


def postings(chosen: Sequence[Board], proofs: Iterable[Proof], period: Period) -> list[Posting]:
    """Returns a `Posting` for each board that has proofs, in the order of ``chosen``.

    Screens and outages of all boards are read at once, because an item of the province is on hundreds of boards.
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
    """Returns how ``board`` showed one item; ``proofs`` are the proofs of the item on this board.

    ``placed`` maps each place (slot) on the board to the (id, name) of the screens that were there.
    """
    hashes: dict[str, int] = {}
    for proof in proofs:
        for hash, count in proof.hashes.items():
            hashes[hash] = hashes.get(hash, 0) + count
    places = sorted({place for proof in proofs for place in proof.places})
    name_of = {id: name for named in placed.values() for id, name in named}
    first, last = min(proof.first for proof in proofs), max(proof.last for proof in proofs)
    return Posting(
        board,
        sum(proof.count for proof in proofs),
        len({proof.day for proof in proofs}),
        first,
        last,
        tuple(_screen_names(placed.get(place, []), place) for place in places),
        tuple(sorted(hashes.items(), key=lambda pair: -pair[1])),
        # Only outages between the first and the last showing, because the item was not due before and after that.
        tuple(
            (name_of.get(one.screen, str(gettext("màn hình đã bỏ"))), one)
            for one in outages
            if one.begun < last and (one.ended is None or one.ended > first)
        ),
    )


def _screen_names(stood: Sequence[tuple[int, str]], place: int) -> str:
    """Returns the names of the screens that were paired at the board's place number ``place`` (from 0).

    ``stood`` holds their (id, name), in order of time. Without any, returns the number of the place in words.
    """
    return ", ".join(dict.fromkeys(name for _id, name in stood)) or str(gettext("vị trí %(place)s", place=place + 1))
