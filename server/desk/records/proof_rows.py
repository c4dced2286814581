"""Makes the rows of the proof's CSV file: plays by day and board, notices by board; called by the proof's views."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime

from server.core.model import Board
from server.core.screens.proof import Proof, hours_of
from server.desk.records.audit_text import MOMENT
from server.desk.records.notice_proof import NoticeProof, ScreenProof
from server.desk.records.posting import kind_name
from server.desk.web.context import desk

_DAY = "%d/%m/%Y"


def play_rows(found: Iterable[Proof], by_slug: Mapping[str, Board]) -> Iterator[list[object]]:
    """Yields the cells of a row for each day, board and item; ``by_slug`` maps slugs to boards."""
    for proof in found:
        board = by_slug[proof.board]
        day = date.fromisoformat(proof.day).strftime(_DAY)
        yield [
            day, board.name, desk.tree().get(board.area).name, kind_name(proof.item), proof.title, proof.count,
            _written(proof.first, MOMENT), _written(proof.last, MOMENT), " ".join(map(str, hours_of(proof.hours))),
            len(proof.places), "", " ".join(sorted(proof.hashes)),
        ]  # fmt: skip


def notice_rows(found: Iterable[NoticeProof]) -> Iterator[list[object]]:
    """Yields the cells of a row for each notice and board.

    They include how many of the board's screens showed the notice and how many never did.
    """
    for one in found:
        for board in one.boards:
            yield _notice_row(one, board, [row for row in one.screens if row.board == board])


def _notice_row(one: NoticeProof, board: Board, its: list[ScreenProof]) -> list[object]:
    shown = sorted(row.times.shown for row in its if row.times.shown is not None)
    first, last = (_written(shown[0], MOMENT), _written(shown[-1], MOMENT)) if shown else ("", "")
    hours = sorted({at.astimezone(desk.zone()).hour for at in shown})
    return [
        _written(one.notice.issued, _DAY), board.name, desk.tree().get(board.area).name, kind_name(one.item),
        one.notice.headline, len(shown), first, last, " ".join(map(str, hours)), len(shown), len(its) - len(shown),
        "",
    ]  # fmt: skip


def _written(at: datetime, form: str) -> str:
    return at.astimezone(desk.zone()).strftime(form)
