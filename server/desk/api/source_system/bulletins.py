"""API operations on bulletins of the source information system: hand one in, read it, recall it; see reports, too.

The rules are in core.source_system.bulletins. Without the right "bulletin.air", or where the editor who made the key
does not hold it any more, every bulletin waits for an editor.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from server.core.model import Announcement, AnnouncementState, NoticeState
from server.core.source_system.bulletins import (
    LONGEST_ISSUER,
    LONGEST_NUMBER,
    LONGEST_TEXT,
    LONGEST_TITLE,
    MOST_AREAS,
    MOST_FILES,
    BadBulletin,
    Bulletin,
    Files,
    Priority,
    Sender,
)
from server.core.workflow import Phase
from server.desk.api.v1.announcements import Reasoned
from server.desk.api.v1.blueprint import READ, WRITE, answer, api, token
from server.desk.api.v1.files import SentFile, with_files
from server.desk.api.v1.inputs import CLEAN, Instant, Sent, Text
from server.desk.web import bell
from server.desk.web.context import desk
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.desk.web.source_bulletins import ItemStatus, statuses
from server.notifications.source_bulletins import accept
from server.store.database.errors import NotFound, StoreRefusal
from server.store.people.tokens import may_air
from server.store.source_system import bulletins
from server.store.source_system.bulletins import OtherContent, TakenBulletin

_EXAMPLE: JsonValue = {
    "number": "TTN-2026-00123",
    "priority": "normal",
    "title": "Lịch tiêm chủng tháng 12",
    "text": "Trạm y tế tiêm chủng sáng thứ Ba và thứ Năm hằng tuần.",
    "areas": ["xa-minh-tan"],
    "issuer": "Sở Y tế",
    "until": "2030-01-31T17:00:00+07:00",
}
NUMBER = r"^[^/\s\x00-\x1f][^/\x00-\x1f]{0,99}$"


class SentBulletin(Sent):
    """A bulletin. `number` identifies it in the source system; `areas` are administrative codes or slugs.

    `normal`: the commune chooses whether to show it. `priority`: it must be shown, and the commune orders. `urgent`:
    it is a notice for the whole screen and needs `until`. `replaces` is the number of an earlier bulletin.
    """

    model_config = ConfigDict(title="SentBulletin", json_schema_extra={"examples": [_EXAMPLE]})

    number: Annotated[str, Field(min_length=1, max_length=LONGEST_NUMBER, pattern=NUMBER), CLEAN]
    priority: Priority
    title: Annotated[str, Field(min_length=1, max_length=LONGEST_TITLE, pattern=r"\S"), CLEAN]
    text: Annotated[str, Field(max_length=LONGEST_TEXT), CLEAN] = ""
    areas: Annotated[tuple[Text, ...], Field(min_length=1, max_length=MOST_AREAS)]
    start: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None
    issuer: Annotated[str, Field(max_length=LONGEST_ISSUER), CLEAN] = ""
    replaces: Annotated[str, Field(max_length=LONGEST_NUMBER), CLEAN] = ""
    files: Annotated[tuple[SentFile, ...], Field(max_length=MOST_FILES)] = ()


class OfBulletin(BaseModel):
    """The path parameter of an operation on one bulletin: its number."""

    number: Annotated[str, Field(max_length=LONGEST_NUMBER)]


class BulletinPaging(BaseModel):
    """The query parameters that select a page of bulletins."""

    before: Annotated[int, Field(ge=1, le=2**63 - 1)] | None = Field(
        default=None, description="`next` of the page before; without it, the first page"
    )
    limit: Annotated[int, Field(ge=1, le=200)] = Field(default=50, description="how many items the page has")


class ItemShape(BaseModel):
    """What a bulletin has become in some areas: an announcement ("announcement:12") or a notice ("notice:3").

    `decided_by` approved or returned it, `ordered_by` gave it its place in the order; "" for nobody yet.
    """

    model_config = ConfigDict(title="BulletinItem")

    item: str
    areas: list[str]
    state: AnnouncementState | NoticeState
    phase: Phase | NoticeState
    reason: str
    decided_by: str
    decided: datetime | None
    ordered_by: str
    ordered: datetime | None


class BulletinShape(BaseModel):
    """A bulletin with what has become of it. `replaced_by` is the number of the one that replaces it, "" for none."""

    model_config = ConfigDict(title="Bulletin", populate_by_name=True)

    number: str
    priority: Priority
    title: str
    issuer: str
    sender: str
    areas: list[str]
    received: datetime
    start: datetime = Field(alias="from")
    until: datetime | None
    replaces: str
    replaced_by: str
    recalled: datetime | None
    reason: str = Field(description="why it was recalled; empty if it was not")
    items: list[ItemShape]


class Bulletins(BaseModel):
    """A page of bulletins, newest first. `next` is the `before` of the next page; null on the last page."""

    model_config = ConfigDict(title="Bulletins")

    items: list[BulletinShape]
    next: int | None


@api.get("/v1/source-system/bulletins", responses={200: Bulletins, **READ}, summary="Bulletins, newest first")
@needs("bulletin.send")
def some_bulletins(query: BulletinPaging) -> Response:
    """Lists the bulletins for the areas of the API key, however they came."""
    areas = desk.areas("bulletin.send")
    found = bulletins.listed(desk.db, areas, before=query.before, most=query.limit + 1)
    some = found[: query.limit]
    return answer(Bulletins(items=_shapes(some), next=some[-1].id if len(found) > query.limit else None))


@api.get(
    "/v1/source-system/bulletins/<number>",
    responses={200: BulletinShape, **READ},
    summary="What has become of a bulletin",
)
@needs("bulletin.send")
def one_bulletin(path: OfBulletin) -> Response:
    """Reads one bulletin with its announcements or notice; 404 if it is for none of the areas of the API key."""
    found = bulletins.find(desk.db, path.number)
    if found is None or set(found.areas).isdisjoint(desk.areas("bulletin.send")):
        abort(404)
    return answer(_shapes([found])[0])


@api.post(
    "/v1/source-system/bulletins", responses={201: BulletinShape, **WRITE}, summary="Hand in a bulletin for boards"
)
@needs("bulletin.send", factor="none")
def hand_in_bulletin(body: SentBulletin) -> Response:
    """Takes a bulletin. The same bulletin sent again is taken once, with or without an Idempotency-Key.

    Answers 409 if its number was used for another content.
    """
    try:
        files = _files(body)
        sent = Bulletin(
            body.number, body.priority, body.title, body.text, body.areas, body.start, body.until, body.issuer,
            body.replaces, tuple(file.key for file in body.files),
        )  # fmt: skip
        taken = accept(
            desk.db, sent, files, sender(), config=desk.config, now=desk.now(), word=bell.in_language_of
        )  # fmt: skip
    except OtherContent as error:
        return problem(409, said(error, request_language()))
    except (BadBulletin, StoreRefusal, ValueError) as error:
        return problem(422, said(error, request_language()))
    return answer(_shapes([taken])[0], 201)


@api.post(
    "/v1/source-system/bulletins/<number>/recall",
    responses={200: BulletinShape, **WRITE},
    summary="Take a bulletin back: it leaves queue and boards at once",
)
@needs("bulletin.send", factor="none")
def recall_bulletin(path: OfBulletin, body: Reasoned) -> Response:
    """Recalls a bulletin; no effect if that was done before. 404 unless the API key may send to all of its areas."""
    try:
        return answer(
            _shapes([bulletins.recall(desk.db, path.number, sender(), now=desk.now(), reason=body.reason)])[0]
        )
    except NotFound:
        abort(404)


def sender() -> Sender:
    """Returns the API key of the current request as a sender of bulletins."""
    one = token()

    def airs(area: str) -> bool:
        return desk.may("bulletin.air", area) and may_air(desk.db, one, "bulletin.air", area)

    return Sender(one.actor, one.name, lambda area: desk.may("bulletin.send", area), airs)


def _files(body: SentBulletin) -> Files:
    """Returns the uploaded files that the bulletin names. Raises ValueError with a sentence for the caller."""
    blank = Announcement(0, "", "", "", (), desk.now(), "")
    found = with_files(blank, body.files)
    return Files(found.kind, found.attachments, found.table)


def _shapes(found: Sequence[TakenBulletin]) -> list[BulletinShape]:
    known = statuses(found)
    after = bulletins.replaced_by(desk.db, [one.number for one in found])
    return [_shape(one, known.get(one.id, ()), after.get(one.number, "")) for one in found]


def _shape(one: TakenBulletin, items: Sequence[ItemStatus], after: str) -> BulletinShape:
    """Returns the bulletin with those of its ``items`` that concern areas of the API key."""
    mine = set(desk.areas("bulletin.send"))
    values = {
        "number": one.number, "priority": one.priority, "title": one.title, "issuer": one.issuer,
        "sender": one.sender, "areas": list(one.areas), "received": one.received, "from": one.start,
        "until": one.until, "replaces": one.replaces, "replaced_by": after, "recalled": one.recalled,
        "reason": one.reason,
        "items": [_item(status) for status in items if not mine.isdisjoint(status.areas)],
    }  # fmt: skip
    return BulletinShape.model_validate(values)


def _item(one: ItemStatus) -> ItemShape:
    phase = one.notice_state or one.announcement_phase or "draft"
    return ItemShape(
        item=one.item, areas=list(one.areas), state=one.state, phase=phase, reason=one.reason,
        decided_by=one.decided_by, decided=one.decided, ordered_by=one.ordered_by, ordered=one.ordered,
    )  # fmt: skip
