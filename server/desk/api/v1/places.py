"""API operations that read areas, boards and screens; registered by api.v1."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, RootModel

from server.core.model import Board, Layout, Mode, Size
from server.desk.api.v1.blueprint import READ, answer, api
from server.desk.api.v1.inputs import ById, OfBoard
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.screens import receipts
from server.store.screens.receipts import Heard


class AreaShape(BaseModel):
    """An area, such as a province, a commune or a village.

    `parent` is the slug of the area above it; null at the top.
    """

    model_config = ConfigDict(title="Area")

    slug: str
    name: str
    parent: str | None


class Areas(RootModel[list[AreaShape]]):
    """The areas in which the API key may read boards."""

    model_config = ConfigDict(title="Areas")


class BoardShape(BaseModel):
    """A board. In `mode` `on` it shows its content, in `dark` only urgent notices, in `safe` only its name."""

    model_config = ConfigDict(title="Board")

    slug: str
    name: str
    area: str
    public: bool
    mode: Mode


class Boards(RootModel[list[BoardShape]]):
    """The boards in the areas of the API key."""

    model_config = ConfigDict(title="Boards")


class LaneShape(BaseModel):
    """A source that a board shows: at most `most` stories, none older than `newest_days` days."""

    model_config = ConfigDict(title="Lane")

    source: str
    most: int
    newest_days: int


class WholeBoard(BoardShape):
    """A board with its sources (`lanes`), time zone, language, layout and size class."""

    model_config = ConfigDict(title="WholeBoard")

    zone: str
    language: str
    layout: Layout
    size: Size
    lanes: list[LaneShape]


class ScreenShape(BaseModel):
    """A screen. `live`: it is connected now; `seen`: the time of its last message, null if it never sent one."""

    model_config = ConfigDict(title="Screen")

    id: int
    name: str
    board: str
    live: bool
    seen: datetime | None


class Screens(RootModel[list[ScreenShape]]):
    """The screens in the areas of the API key."""

    model_config = ConfigDict(title="Screens")


@api.get("/v1/areas", responses={200: Areas, **READ}, summary="Areas of the key")
@needs("board.view")
def areas() -> Response:
    """Lists the areas in which the API key may read boards, in the order of config.toml."""
    tree, mine = desk.tree(), desk.areas("board.view")
    return answer(Areas([AreaShape(slug=one, name=tree.get(one).name, parent=tree.get(one).parent) for one in mine]))


@api.get("/v1/boards", responses={200: Boards, **READ}, summary="Boards of these areas")
@needs("board.view")
def all_boards() -> Response:
    """Lists the boards in the areas of the API key."""
    mine = set(desk.areas("board.view"))
    listed = [one for one in boards.all(desk.db) if one.area in mine]
    return answer(
        Boards(
            [BoardShape(slug=b.slug, name=b.name, area=b.area, public=b.public, mode=b.mode) for b in listed],
        )
    )


@api.get("/v1/boards/<board>", responses={200: WholeBoard, **READ}, summary="One board")
@needs("board.view")
def one_board(path: OfBoard) -> Response:
    """Reads one board with its sources, layout and size class."""
    one = board_or_404(path.board)
    lanes = [LaneShape(source=lane.source, most=lane.most, newest_days=lane.newest_days) for lane in one.lanes]
    shape = WholeBoard(
        slug=one.slug, name=one.name, area=one.area, public=one.public, mode=one.mode, zone=one.zone,
        language=one.language, layout=one.format.layout, size=one.format.size, lanes=lanes,
    )  # fmt: skip
    return answer(shape)


@api.get("/v1/screens", responses={200: Screens, **READ}, summary="Screens, and when each was heard last")
@needs("screen.view")
def all_screens() -> Response:
    """Lists the screens in the areas of the API key."""
    return answer(Screens([_screen(one) for one in receipts.heard(desk.db, desk.areas("screen.view"))]))


@api.get("/v1/screens/<int:id>", responses={200: ScreenShape, **READ}, summary="One screen")
@needs("screen.view")
def one_screen(path: ById) -> Response:
    """Reads one screen: whether it is connected, and the time of its last message."""
    found = receipts.heard(desk.db, desk.areas("screen.view"), id=path.id)
    if not found:
        abort(404)
    return answer(_screen(found[0]))


def board_or_404(slug: str, right: Literal["board.view", "board.message", "board.serving"] = "board.view") -> Board:
    """Returns the board with this slug; 404 if there is none or the API key does not hold ``right`` in its area."""
    found = boards.find(desk.db, slug)
    if found is None or not desk.may(right, found.area):
        abort(404)
    return found


def _screen(one: Heard) -> ScreenShape:
    return ScreenShape(id=one.id, name=one.name, board=one.board, live=one.live(desk.now()), seen=one.seen)
