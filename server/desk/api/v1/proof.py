"""The API operation that reads which boards have shown an item, and when; registered by server.desk.api.v1."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Annotated

from flask import Response, abort
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

from server.core.text_input import number_or_none
from server.core.times import day_of
from server.desk.api.v1.blueprint import READ, answer, api
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.screens import plays, receipts, screens

ITEM = "^(announcement|story|notice):[1-9][0-9]{0,17}$"
USUAL, LONGEST = timedelta(days=6), timedelta(days=400)


def _day(value: object) -> object:
    try:
        return day_of(value) if isinstance(value, str) else value
    except ValueError as error:
        raise PydanticCustomError("time", "must be a day in ISO 8601") from error


Day = Annotated[date, BeforeValidator(_day)]


class OfItem(BaseModel):
    """The path parameter of an operation on one item, such as "announcement:12"."""

    item: Annotated[
        str, Field(pattern="^(announcement|story|notice):[1-9][0-9]{0,17}$", examples=["announcement:12"])
    ]


class Days(BaseModel):
    """The first and the last day of the period, both included, in the configured time zone.

    By default the last day is today, and the first one is six days before the last.
    """

    model_config = ConfigDict(populate_by_name=True)

    first: Day | None = Field(default=None, alias="from")
    last: Day | None = Field(default=None, alias="to")


class PlayShape(BaseModel):
    """How often one board showed the item on one day, on how many screens, and the hashes of the slides shown.

    `first` and `last` are the times of the first and the last showing.
    """

    model_config = ConfigDict(title="Plays")

    board: str
    day: str
    title: str
    count: int
    first: datetime
    last: datetime
    screens: int
    hashes: list[str]


class ReceiptShape(BaseModel):
    """The times at which one screen received a notice, showed it and ended it; null for what it has not reported."""

    model_config = ConfigDict(title="Receipt")

    screen: int
    name: str
    board: str
    received: datetime | None
    shown: datetime | None
    ended: datetime | None


class ProofShape(BaseModel):
    """The proof that boards showed an item. For a notice, it is in `receipts`; for any other item, in `plays`."""

    model_config = ConfigDict(title="Proof")

    item: str
    first: date
    last: date
    plays: list[PlayShape]
    receipts: list[ReceiptShape]


@api.get("/v1/proof/<item>", responses={200: ProofShape, **READ}, summary="Which boards have shown an item, and when")
@needs("report.view")
def one_proof(path: OfItem, query: Days) -> Response:
    """Reads the proof for an item in a period of at most 400 days; a longer one is shortened at its beginning.

    Answers 404 if no screen in the areas of the API key has reported the item.
    """
    today = desk.now().astimezone(desk.zone()).date()
    last = query.last or today
    first = max(min(query.first or last - USUAL, last), last - LONGEST)
    areas = set(desk.areas("report.view"))
    visible = [board for board in boards.all(desk.db) if board.area in areas]
    found = plays.proofs(
        desk.db, boards=[one.slug for one in visible], first=first.isoformat(), last=last.isoformat(), item=path.item
    )
    told = _receipts(path.item, [one.slug for one in visible])
    if not found and not told:
        abort(404)
    each = [
        PlayShape(
            board=one.board, day=one.day, title=one.title, count=one.count, first=one.first, last=one.last,
            screens=len(one.places), hashes=sorted(one.hashes),
        )
        for one in found
    ]  # fmt: skip
    return answer(ProofShape(item=path.item, first=first, last=last, plays=each, receipts=told))


def _receipts(item: str, visible: list[str]) -> list[ReceiptShape]:
    """Returns what the screens of the boards ``visible`` (slugs) have reported about a notice.

    Empty if ``item`` is not a notice.
    """
    kind, _, number = item.partition(":")
    id = number_or_none(number) if kind == "notice" else None
    told = receipts.of_notices(desk.db, [id]).get(id, {}) if id is not None else {}
    known = screens.all(desk.db, visible) if told else ()
    return [
        ReceiptShape(
            screen=one.id, name=one.name, board=one.board, received=told[one.id].received, shown=told[one.id].shown,
            ended=told[one.id].ended,
        )
        for one in known
        if one.id in told
    ]  # fmt: skip
