"""API operations for short messages on one board, for example of a one-stop office; registered by api.v1.

A message appears without an editor's approval, for at most an hour. An API key may send messages only to the boards
that an editor of their area has named when making the key.
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
    """A sentence for one board, such as "Hồ sơ 123 đã có kết quả", which the board shows for `minutes`."""

    model_config = ConfigDict(title="Message", json_schema_extra={"examples": [_EXAMPLE]})

    text: Annotated[str, Field(min_length=1, max_length=120, pattern=r"\S"), CLEAN]
    minutes: Annotated[StrictInt, Field(ge=1, le=MOST_MINUTES)] = USUAL_MINUTES


class OfMessage(BaseModel):
    """The path parameters of an operation on one message: the slug of its board, and its id."""

    board: Annotated[str, Field(max_length=60)]
    id: Id


@api.post(
    "/v1/boards/<board>/messages",
    responses={201: NoticeShape, **WRITE},
    summary="Show a short message on one board for some minutes",
)
@needs("board.message", factor="none")
def show_message(path: OfBoard, body: BoardMessage) -> Response:
    """Shows a message on a board at once, without an editor's approval.

    If the board shows the same message of this API key already, for the same time, that one is returned and no second
    one is made. Answers 409 if the board shows the safe page or too many messages.
    """
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
    """Ends a message before its time; answers 409 if it has ended already, 404 if another API key has sent it."""
    board, one = _allowed(path.board), notice_or_404(path.id)
    if one.created_by != token().actor or not one.is_message or one.boards != (board.slug,):
        abort(404)
    return cleared(one)


def _allowed(slug: str) -> Board:
    """Returns the board with this slug, if the API key may send messages to it.

    Answers 404 if the key has no right to send messages in the board's area, 403 if the key does not name the board
    or the editor who made the key may not send messages there any more.
    """
    board = board_or_404(slug, "board.message")
    if board.slug not in token().boards:
        abort(403)
    require_airing("board.message", board.area)
    return board
