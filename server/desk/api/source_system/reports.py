"""API operations that read reports for the source information system: boards, state, plays, airtime."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field

from server.core.model import Board, Layout, Mode, Owner
from server.core.source_system.bulletins import Priority
from server.core.source_system.report_data import board_data, play_data, state_data, statement_data
from server.desk.api.v1.blueprint import READ, answer, api
from server.desk.api.v1.proof import Days
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.desk.web.source_reports import (
    board_lines,
    month_of,
    owner_lines,
    period_of,
    play_lines,
    visible_board,
    visible_boards,
)

MONTH = "^20[0-9]{2}-(0[1-9]|1[0-2])$"


class StateShape(BaseModel):
    """The state of a board: `live`, `partly` (some screens are dark), `dark`, or `none` (it has no screen).

    `live` is how many of its `screens` are connected; `dark_since` is the time of the last message of the last one.
    """

    model_config = ConfigDict(title="BoardState")

    board: str
    state: str
    screens: int
    live: int
    dark_since: datetime | None


class InventoryShape(StateShape):
    """A board in the inventory, with its owner, size, place and state.

    `owner` is `state`, `company_ads` (a company, only advertising) or `company_shared` (a company that also carries
    political information, of which `agreed_share`, 0 to 1, is agreed).
    """

    model_config = ConfigDict(title="InventoryBoard")

    name: str
    area: str
    area_name: str
    owner: Owner
    owner_name: str
    agreed_share: float | None
    layout: Layout
    diagonal_inches: float | None
    latitude: float | None
    longitude: float | None
    mode: Mode


class Inventory(BaseModel):
    """All boards of the key's areas at the time `at`."""

    model_config = ConfigDict(title="Inventory")

    at: datetime
    items: list[InventoryShape]


class States(BaseModel):
    """The state of all boards of the key's areas at the time `at`."""

    model_config = ConfigDict(title="BoardStates")

    at: datetime
    items: list[StateShape]


class PlayedShape(BaseModel):
    """How a board showed an item: `count` times on `days` days, for `seconds`, both summed over its screens.

    `seconds` is 0 for showings before this program counted their time. `bulletin` is the number of a bulletin of the
    source system, "" for any other item.
    """

    model_config = ConfigDict(title="Played")

    item: str
    title: str
    priority: Priority
    advert: bool
    bulletin: str
    count: int
    days: int
    first: datetime
    last: datetime
    seconds: int


class Played(BaseModel):
    """What a board showed in a period, by what its screens reported; the item that was shown longest first."""

    model_config = ConfigDict(title="PlayReport")

    board: str
    first: date
    last: date
    items: list[PlayedShape]


class CountedShape(BaseModel):
    """Showings and their seconds."""

    model_config = ConfigDict(title="Counted")

    count: int
    seconds: int


class PrioritiesShape(BaseModel):
    """Showings by priority."""

    model_config = ConfigDict(title="ByPriority")

    normal: CountedShape
    priority: CountedShape
    urgent: CountedShape


class AirtimeShape(BaseModel):
    """Airtime. `share` is that of political information, 0 to 1; null if nothing was shown."""

    model_config = ConfigDict(title="Airtime")

    count: int
    seconds: int
    political_seconds: int
    advert_seconds: int
    share: float | None
    priorities: PrioritiesShape


class BoardAirtimeShape(AirtimeShape):
    """The airtime of a board. `short`: it showed less political information than agreed."""

    model_config = ConfigDict(title="BoardAirtime")

    board: str
    name: str
    owner_name: str
    agreed_share: float | None
    short: bool


class OwnerAirtimeShape(AirtimeShape):
    """The airtime of all boards of a class of owners; `short` is how many showed less than agreed."""

    model_config = ConfigDict(title="OwnerAirtime")

    owner: Owner
    short: int
    boards: list[BoardAirtimeShape]


class Statement(BaseModel):
    """The airtime statement of a month, by classes of owners."""

    model_config = ConfigDict(title="AirtimeStatement")

    month: str
    first: date
    last: date
    items: list[OwnerAirtimeShape]


class OfMonth(BaseModel):
    """The query parameter `month`, such as 2026-03; by default the current one."""

    month: Annotated[str, Field(pattern=MONTH)] | None = None


class OfPlays(Days):
    """The board (its slug) and the period, at most 400 days; see `/v1/proof/{item}`."""

    board: Annotated[str, Field(min_length=1, max_length=60, description="the slug of a board")]


@api.get("/v1/source-system/boards", responses={200: Inventory, **READ}, summary="Inventory of the boards")
@needs("report.view")
def all_source_boards() -> Response:
    """Lists the boards of the key's areas with owner, size, place and state."""
    items = [InventoryShape.model_validate(board_data(line)) for line in board_lines(visible_boards())]
    return answer(Inventory(at=desk.now(), items=items))


@api.get("/v1/source-system/status", responses={200: States, **READ}, summary="Which boards are alive or dark")
@needs("report.view")
def source_status() -> Response:
    """Lists the state of each board of the key's areas, and since when it is dark."""
    items = [StateShape.model_validate(state_data(line)) for line in board_lines(visible_boards())]
    return answer(States(at=desk.now(), items=items))


@api.get("/v1/source-system/plays", responses={200: Played, **READ}, summary="What a board showed in a period")
@needs("report.view")
def source_plays(query: OfPlays) -> Response:
    """Reads how often and how long a board showed each item; 404 if the board is in none of the key's areas."""
    board, period = board_or_404(query.board), period_of(query.first, query.last)
    items = [PlayedShape.model_validate(play_data(line)) for line in play_lines(board, period)]
    return answer(Played(board=board.slug, first=period.first, last=period.last, items=items))


@api.get("/v1/source-system/airtime", responses={200: Statement, **READ}, summary="Airtime by owners in a month")
@needs("report.view")
def source_airtime(query: OfMonth) -> Response:
    """Reads the monthly airtime statement of the boards in the key's areas."""
    period = month_of(query.month or "")
    lines = owner_lines(visible_boards(), period)
    items = [OwnerAirtimeShape.model_validate(one) for one in statement_data(lines)]
    return answer(Statement(month=period.month, first=period.first, last=period.last, items=items))


def board_or_404(slug: str) -> Board:
    """Returns the board with this slug; answers 404 if the key may not view reports of it."""
    return visible_board(slug) or abort(404)
