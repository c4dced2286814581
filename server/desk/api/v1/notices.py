"""API operations on urgent and priority notices: read them, propose or send one, end one's own; registered by api.v1.

The rules are those of the desk. An API key with the right "notice.push" may put a notice on air at once. Where a
second editor is required (``notices.four_eyes``), it can only propose one.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Annotated, Literal

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field, JsonValue, StrictBool, StrictInt, model_validator
from pydantic_core import PydanticCustomError

from server.core.model import Level, Notice, NoticeState
from server.core.notices.order import reached
from server.core.workflow import NotPossible
from server.desk.api.cursors import Paging, page
from server.desk.api.v1.blueprint import READ, WRITE, answer, api, token
from server.desk.api.v1.inputs import CLEAN, ById, Instant, Sent, Text
from server.desk.api.words import say
from server.desk.notices.access import concerns
from server.desk.notices.form import LONGEST, MOST_ACTS
from server.desk.web import bell
from server.desk.web.context import desk
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.notifications.recipients import notice_messages
from server.store.api import listings
from server.store.boards import boards
from server.store.database.errors import NotFound, StoreRefusal
from server.store.notices import notices
from server.store.people import people
from server.store.people.messages import Message
from server.store.people.tokens import may_air

MINUTES = round(LONGEST.total_seconds() / 60)
_SAME_DURATION = timedelta(seconds=1)


_EXAMPLE: JsonValue = {
    "level": "priority",
    "headline": "Đường tỉnh 386 ngập sâu, không đi qua cầu Tràng",
    "areas": ["xa-minh-tan"],
    "minutes": 180,
    "acts": ["Đi vòng theo đường 38B"],
}


class SubmittedNotice(Sent):
    """A notice for the boards of some areas and all areas below them. Without `push` it is proposed to the editors.

    It ends at the time `until` or `minutes` after now; exactly one of the two must be given.
    """

    model_config = ConfigDict(title="WantedNotice", json_schema_extra={"examples": [_EXAMPLE]})

    level: Literal["urgent", "priority"]
    headline: Annotated[str, Field(min_length=1, max_length=180, pattern=r"\S"), CLEAN]
    areas: Annotated[tuple[Text, ...], Field(min_length=1, max_length=200)]
    minutes: Annotated[StrictInt, Field(ge=1, le=MINUTES)] | None = None
    until: Instant | None = None
    acts: Annotated[
        tuple[Annotated[str, Field(min_length=1, max_length=100), CLEAN], ...], Field(max_length=MOST_ACTS)
    ] = ()
    danger: Annotated[str, Field(max_length=60), CLEAN] = ""
    risk: Annotated[StrictInt, Field(ge=0, le=5)] = 0
    sender: Annotated[str, Field(max_length=120), CLEAN] = ""
    exercise: StrictBool = False
    push: StrictBool = False

    @model_validator(mode="after")
    def _one_end(self) -> SubmittedNotice:
        if (self.minutes is None) == (self.until is None):
            raise PydanticCustomError("one end", "exactly one of minutes and until is needed")
        return self


class Mine(Paging):
    """The query parameters that select a page of notices."""

    mine: bool = Field(default=False, description="those that the key has made, in any state; else those on the air")


class NoticeShape(BaseModel):
    """A notice. A `drafted` notice waits for an editor; boards show a `live` notice until `until`."""

    model_config = ConfigDict(title="Notice")

    id: int
    level: Level
    state: NoticeState
    headline: str
    acts: list[str]
    areas: list[str]
    boards: list[str]
    issued: datetime
    until: datetime
    ended: datetime | None
    danger: str
    risk: int
    sender: str
    exercise: bool


class Notices(BaseModel):
    """A page of notices, newest first. `next` is the `cursor` of the next page; null on the last page."""

    model_config = ConfigDict(title="Notices")

    items: list[NoticeShape]
    next: str | None


@api.get("/v1/notices", responses={200: Notices, **READ}, summary="Notices on the air, or those of the key")
@needs("board.view")
def some_notices(query: Mine) -> Response:
    """Lists notices on air, newest first: those addressed to an area of the API key, or to one above or below it.

    With `mine`, lists the notices that were made with this key, in any state.
    """
    if query.mine:
        found = listings.notices_of(desk.db, token().actor, after=query.after, most=query.limit + 1)
    else:
        live = [one for one in notices.live(desk.db, desk.now()) if concerns(one, "board.view")]
        live.sort(key=lambda one: (one.issued, one.id), reverse=True)
        start = query.after
        found = tuple(one for one in live if start is None or (one.issued, one.id) < (start.at, start.id))
    some, after = page(found, query.limit, lambda one: (one.issued, one.id))
    return answer(Notices(items=[shape(one) for one in some], next=after))


@api.get("/v1/notices/<int:id>", responses={200: NoticeShape, **READ}, summary="One notice")
@needs("board.view")
def one_notice(path: ById) -> Response:
    """Reads a notice that is on air, or one in any state that was made with this API key; 404 for any other."""
    one = notice_or_404(path.id)
    on_air = one.state == "live" and one.until > desk.now() and concerns(one, "board.view")
    if one.created_by != token().actor and not on_air:
        abort(404)
    return answer(shape(one))


@api.post("/v1/notices", responses={201: NoticeShape, **WRITE}, summary="Propose a notice, or push it at once")
@needs("notice.propose", factor="none")
def hand_in_notice(body: SubmittedNotice) -> Response:
    """Proposes a notice to the editors, or puts it on air if `push` is true; that needs the right "notice.push".

    Where a second editor is required, the notice is always proposed; `state` in the answer says which it was. If a
    notice of this key with the same content and the same end or duration is a draft or on air already, that one is
    returned and no second one is made.
    """
    for area in body.areas:
        desk.require("notice.propose", area)
        if body.push:
            require_airing("notice.push", area)
    notice, now = _notice(body), desk.now()
    if not now < notice.until <= now + LONGEST:
        return problem(422, say("end passed" if notice.until <= now else "end too late"))
    if not reached(notice, boards.all(desk.db), desk.tree()):
        return problem(422, say("no board"))
    told = () if notice.state == "live" else _told(notice)
    return posted(notice, told)


@api.post(
    "/v1/notices/<int:id>/clear",
    responses={200: NoticeShape, **WRITE},
    summary="Take a notice of the key off the air",
)
@needs("notice.clear", factor="none")
def clear_notice(path: ById) -> Response:
    """Ends a notice on air that was made with this API key; 404 for any other notice, 409 if it is not on air."""
    one = notice_or_404(path.id)
    if one.created_by != token().actor:
        abort(404)
    for area in one.areas:
        desk.require("notice.clear", area)
    return cleared(one)


def notice_or_404(id: int) -> Notice:
    """Returns the notice with this id; answers 404 if there is none."""
    try:
        return notices.get(desk.db, id)
    except NotFound:
        abort(404)


def require_airing(right: Literal["notice.push", "board.message", "board.serving"], area: str) -> None:
    """Answers 403 unless the API key holds ``right`` in ``area`` and the editor who made the key still holds it, too.

    ``right`` is one of the rights by which a key puts something on air without an editor's approval.
    """
    desk.require(right, area)
    if not may_air(desk.db, token(), right, area):
        abort(403)


def posted(notice: Notice, told: tuple[Message, ...] = ()) -> Response:
    """Stores the notice and answers 201 with it; ``told`` are the messages to send to editors.

    If this API key has made the same notice before and it is a draft or on air, the answer contains that one instead.
    Answers 422 if the store refuses the notice.
    """
    try:
        made = notices.post(
            desk.db, notice, actor=token().actor, now=desk.now(), notify=told,
            repeats=lambda earlier: _repeats(earlier, notice),
        )  # fmt: skip
    except (StoreRefusal, ValueError) as error:
        return problem(422, said(error, request_language()))
    return answer(shape(made), 201)


def cleared(notice: Notice) -> Response:
    """Ends a live notice and answers with it as it is then; 409 if it is not on air."""
    try:
        return answer(shape(notices.clear(desk.db, notice.id, actor=token().actor, now=desk.now())))
    except (StoreRefusal, NotPossible) as error:
        return problem(409, said(error, request_language()))


def _notice(sent: SubmittedNotice) -> Notice:
    now = desk.now()
    areas = tuple(dict.fromkeys(sent.areas))
    live = sent.push and not desk.config.notices.four_eyes
    return Notice(
        id=0, level=sent.level, headline=" ".join(sent.headline.split()), areas=areas, issued=now,
        until=sent.until or now + timedelta(minutes=sent.minutes or 0), acts=sent.acts, danger=sent.danger,
        risk=sent.risk, sender=sent.sender or desk.tree().get(areas[0]).name, exercise=sent.exercise,
        state="live" if live else "drafted", created_by=token().actor,
    )  # fmt: skip


def _repeats(earlier: Notice, notice: Notice) -> bool:
    """True if ``notice`` repeats ``earlier``.

    Both were made with the same API key and have the same content, and either the same end or the same duration.
    """
    longer = (notice.until - notice.issued) - (earlier.until - earlier.issued)
    ends = earlier.until == notice.until or abs(longer) <= _SAME_DURATION
    return earlier.created_by == notice.created_by and ends and _content(earlier) == _content(notice)


def _content(one: Notice) -> tuple[object, ...]:
    words = (one.headline, one.acts, one.areas, one.boards, one.level, one.exercise)
    return (*words, one.danger, one.risk, one.sender, one.state)


def _told(notice: Notice) -> tuple[Message, ...]:
    every = people.all(desk.db)
    by_name = {person.username: person for person in every}
    made = notice_messages("proposed", notice, token().name, every, desk.tree())
    return tuple(bell.in_language_of(by_name[one.person], one) for one in made)


def shape(one: Notice) -> NoticeShape:
    """Converts a notice to the model with which the API answers."""
    return NoticeShape(
        id=one.id, level=one.level, state=one.state, headline=one.headline, acts=list(one.acts),
        areas=list(one.areas), boards=list(one.boards), issued=one.issued, until=one.until, ended=one.ended,
        danger=one.danger, risk=one.risk, sender=one.sender, exercise=one.exercise,
    )  # fmt: skip
