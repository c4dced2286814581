"""API operations on the numbers that the counters of a one-stop office serve, for its board; registered by api.v1.

The queue system of a hall reports the whole state, as often as once a second. An editor of the area makes its API
key, which names the boards on which the system may show numbers (docs/decisions/0043).
"""

from __future__ import annotations

from datetime import timedelta
from math import ceil
from typing import Annotated

from flask import Response, abort
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, JsonValue
from pydantic_core import PydanticCustomError

from server.core.model import MOST_COMING, MOST_COUNTERS, Board, Counter, NowServing
from server.desk.api.v1.blueprint import WRITE, answer, api, token
from server.desk.api.v1.inputs import CLEAN, OfBoard, Sent
from server.desk.api.v1.notices import require_airing
from server.desk.api.v1.places import board_or_404
from server.desk.api.words import say
from server.desk.web.context import desk
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.desk.web.safe_boards import divide_safe
from server.store.boards import now_serving
from server.store.boards.now_serving import TooSoon

_NUMBER = r"^[0-9A-Za-zĐđ][0-9A-Za-zĐđ.\-]{0,5}$"
Number = Annotated[str, Field(pattern=_NUMBER, description="a ticket's number, such as 105 or A105"), CLEAN]
_EXAMPLE: JsonValue = {
    "counters": [
        {"name": "1", "service": "Hộ tịch, chứng thực", "number": "A105", "next": ["A106", "A107"]},
        {"name": "2", "service": "Đất đai", "number": "B031", "next": ["B032"]},
        {"name": "3", "service": "Đăng ký kinh doanh", "number": "", "note": "Tạm nghỉ đến 14:00"},
    ]
}


class CounterShape(Sent):
    """A counter of the hall. `number` is the one that it serves now; leave it out while it serves nobody."""

    model_config = ConfigDict(title="Counter")

    name: Annotated[str, Field(min_length=1, max_length=4, pattern=r"\S", description='"3", not "Quầy 3"'), CLEAN]
    service: Annotated[str, Field(max_length=28), CLEAN] = ""
    number: Annotated[str, Field(pattern=f"{_NUMBER}|^$"), CLEAN] = ""
    next: list[Number] = Field(default_factory=list, max_length=MOST_COMING)
    note: Annotated[str, Field(max_length=28, description="instead of the next numbers"), CLEAN] = ""


def _distinct(counters: list[CounterShape]) -> list[CounterShape]:
    if len({_line(one.name) for one in counters}) < len(counters):
        raise PydanticCustomError("counters", "each counter must have a name of its own")
    return counters


class Serving(Sent):
    """All counters of the hall, in the order in which the board shows them."""

    model_config = ConfigDict(title="Serving", json_schema_extra={"examples": [_EXAMPLE]})

    counters: Annotated[list[CounterShape], Field(min_length=1, max_length=MOST_COUNTERS), AfterValidator(_distinct)]


class ServingShown(BaseModel):
    """The numbers as the board has them. They leave it at `until` unless they are reported again.

    `shown` is false while the board shows its safe page or is switched off by hand.
    """

    model_config = ConfigDict(title="ServingShown")

    board: str
    at: str
    until: str
    shown: bool
    counters: list[CounterShape]


class ServingEnded(BaseModel):
    """The board has no numbers any more; `ended` is false if it had none before."""

    model_config = ConfigDict(title="ServingEnded")

    board: str
    ended: bool


@api.put(
    "/v1/boards/<board>/serving",
    responses={200: ServingShown, **WRITE},
    summary="Report which numbers the counters of a hall serve now",
)
@needs("board.serving", factor="none")
def report_serving(path: OfBoard, body: Serving) -> Response:
    """Replaces all numbers on the board of the hall, within a second; at most once a second for one board."""
    board = _allowed(path.board)
    if board.serving == "off":
        return problem(409, say("serving off"))
    counters = tuple(_counter(one) for one in body.counters)
    fresh = timedelta(minutes=desk.config.serving.fresh_minutes)
    try:
        made = now_serving.put(desk.db, board.slug, counters, actor=token().actor, now=desk.now(), fresh=fresh)
    except TooSoon as error:
        refused = problem(429, said(error, request_language()))
        refused.headers["Retry-After"] = str(ceil(now_serving.EVERY.total_seconds()))
        return refused
    return answer(_shape(made, shown=board.mode == "on" and not divide_safe([board])[0]))


@api.delete(
    "/v1/boards/<board>/serving",
    responses={200: ServingEnded, **WRITE},
    summary="Take the numbers of a hall off its board",
)
@needs("board.serving", factor="none")
def end_serving(path: OfBoard) -> Response:
    """Takes the numbers off at once, such as at closing time."""
    board = _allowed(path.board)
    ended = now_serving.end(desk.db, board.slug, actor=token().actor, now=desk.now())
    return answer(ServingEnded(board=board.slug, ended=ended))


def _allowed(slug: str) -> Board:
    """Returns the board; answers 404 if the key does not cover its area, 403 if the key does not name the board."""
    board = board_or_404(slug, "board.serving")
    if board.slug not in token().boards:
        abort(403)
    require_airing("board.serving", board.area)
    return board


def _line(text: str) -> str:
    return " ".join(text.split())


def _counter(sent: CounterShape) -> Counter:
    texts = _line(sent.name), _line(sent.service), sent.number
    return Counter(*texts, tuple(sent.next), _line(sent.note))


def _shape(made: NowServing, *, shown: bool) -> ServingShown:
    counters = [
        CounterShape(name=one.name, service=one.service, number=one.number, next=list(one.coming), note=one.note)
        for one in made.counters
    ]
    times = {"at": made.at.isoformat(), "until": made.until.isoformat()}
    return ServingShown(board=made.board, shown=shown, counters=counters, **times)
