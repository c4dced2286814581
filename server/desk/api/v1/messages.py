"""Operations of the API for short messages on one board, such as of a one-stop office: no editor sees them before.

A key can do just this, on the boards that an editor of their area has named in it, and for at most an hour.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictInt

from server.core.model import MESSAGE, Board, Notice
from server.desk.api.v1.blueprint import WRITE, api, token
from server.desk.api.v1.inputs import CLEAN, Id, OfBoard, Sent
from server.desk.api.v1.notices import NoticeShape, cleared, notice_or_404, posted, require_airing
from server.desk.api.v1.places import board_or_404
from server.desk.api.words import say
from server.desk.web.context import desk
from server.desk.web.problems import problem
from server.desk.web.rights import needs
from server.desk.web.safe_boards import divide_safe
from server.store.notices import notices

USUAL_MINUTES, MOST_MINUTES = 10, 60
MOST_AT_ONCE = 20
"""How many messages a board shows at a time: each takes its turn in the banner."""


_EXAMPLE: JsonValue = {"text": "Hồ sơ 123 đã có kết quả, mời đến quầy số 2", "minutes": 10}


class BoardMessage(Sent):
    """A sentence for one board, such as "Hồ sơ 123 đã có kết quả". It leaves the board by itself."""

    model_config = ConfigDict(title="Message", json_schema_extra={"examples": [_EXAMPLE]})

    text: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S"), CLEAN]
    minutes: Annotated[StrictInt, Field(ge=1, le=MOST_MINUTES)] = USUAL_MINUTES


class OfMessage(BaseModel):
    """The path parameters of an operation on a message: the slug of its board, and its id."""

    board: Annotated[str, Field(max_length=60)]
    id: Id


@api.post(
    "/v1/boards/<board>/messages",
    responses={201: NoticeShape, **WRITE},
    summary="Show a short message on one board for some minutes",
)
@needs("board.message", factor="none")
def show_message(path: OfBoard, body: BoardMessage) -> Response:
    """Shows a message on a board at once, without an editor. The same message is not shown twice at a time."""
    board, now = _allowed(path.board), desk.now()
    if divide_safe([board])[0]:
        return problem(409, say("safe board"))
    wanted = Notice(
        id=0, level="priority", headline=" ".join(body.text.split()), areas=(board.area,), boards=(board.slug,),
        issued=now, until=now + timedelta(minutes=body.minutes), sender=desk.tree().get(board.area).name,
        state="live", created_by=token().actor, origin=MESSAGE,
    )  # fmt: skip
    shown = [one for one in notices.live(desk.db, now) if one.is_message and one.boards == wanted.boards]
    if len(shown) >= MOST_AT_ONCE and all(one.headline != wanted.headline for one in shown):
        made = problem(409, say("too many messages", most=MOST_AT_ONCE))
        made.headers["Retry-After"] = "60"
        return made
    return posted(wanted)


@api.delete(
    "/v1/boards/<board>/messages/<int:id>",
    responses={200: NoticeShape, **WRITE},
    summary="Take a message of the key off its board",
)
@needs("board.message", factor="none")
def take_off(path: OfMessage) -> Response:
    """Takes a message off before its time; 409 if it is not shown any more."""
    board, one = _allowed(path.board), notice_or_404(path.id)
    if one.created_by != token().actor or not one.is_message or one.boards != (board.slug,):
        abort(404)
    return cleared(one)


def _allowed(slug: str) -> Board:
    """The board, if the key names it. Answers 404 for one of another area, 403 for one that the key does not name."""
    board = board_or_404(slug, "board.message")
    if board.slug not in token().boards:
        abort(403)
    require_airing("board.message", board.area)
    return board
