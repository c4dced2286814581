"""API operations on announcements: read them, submit one with files, withdraw one's own; registered by api.v1.

A submitted announcement waits for an editor's approval. An API key reads the announcements that boards show now or
later, and all that were submitted with it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Response, abort
from pydantic import BaseModel, ConfigDict, Field, JsonValue

from server.core.item_addresses import item_path
from server.core.model import Announcement, AnnouncementKind, AnnouncementState, Window
from server.core.workflow import NotPossible, phase
from server.desk.announcements.access import announcement_or_404, rules
from server.desk.announcements.messages import messages_of_new_submission
from server.desk.api import idempotency
from server.desk.api.cursors import Paging, page
from server.desk.api.v1.blueprint import READ, WRITE, answer, api, token
from server.desk.api.v1.files import SentFile, with_files
from server.desk.api.v1.inputs import CLEAN, ById, Instant, Sent, Text
from server.desk.api.words import say
from server.desk.web.context import desk
from server.desk.web.error_pages import request_language
from server.desk.web.problems import problem
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.announcements import announcements
from server.store.announcements.sent_forms import AlreadySent, FormToken
from server.store.api import listings
from server.store.database.errors import StoreRefusal

_EXAMPLE: JsonValue = {
    "area": "xa-minh-tan",
    "title": "Cắt điện để sửa chữa",
    "text": "Từ 7 giờ đến 11 giờ sáng mai, các thôn 3 và 4.",
    "until": "2030-01-31T17:00:00+07:00",
}


class SubmittedAnnouncement(Sent):
    """An announcement to submit. No board shows it before an editor has approved it."""

    # Client generators name a class after the schema's title, so renaming this class must not change the title.
    # The docstring is published, too, as the schema's description.
    model_config = ConfigDict(title="Wanted", json_schema_extra={"examples": [_EXAMPLE]})

    area: Text
    title: Annotated[str, Field(min_length=1, max_length=200), CLEAN]
    text: Annotated[str, Field(min_length=1, max_length=8000), CLEAN]
    start: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None
    boards: Annotated[tuple[Text, ...], Field(max_length=200)] = ()
    link: Annotated[str, Field(max_length=1000, pattern=r"^(https?://.*)?$"), CLEAN] = ""
    files: Annotated[tuple[SentFile, ...], Field(max_length=20)] = ()


class Reasoned(Sent):
    """The reason why an announcement is withdrawn."""

    reason: Annotated[str, Field(max_length=500), CLEAN] = ""


class WindowShape(BaseModel):
    """A period in which boards may show the announcement; `until` is null if the period has no end."""

    model_config = ConfigDict(title="Window", populate_by_name=True)

    start: datetime = Field(alias="from")
    until: datetime | None


class AnnouncementShape(BaseModel):
    """An announcement. `phase` equals `state`, but an approved announcement is `scheduled`, `on air` or `ended`.

    `page` is the path of its public page on this server, which exists once boards show the announcement.
    """

    model_config = ConfigDict(title="Announcement")

    id: int
    area: str
    title: str
    state: AnnouncementState
    reason: str
    phase: str
    kind: AnnouncementKind
    text: str
    boards: list[str]
    link: str
    page: str
    created: datetime
    windows: list[WindowShape]
    files: int


class Announcements(BaseModel):
    """A page of announcements, newest first. `next` is the `cursor` of the next page; null on the last page."""

    model_config = ConfigDict(title="Announcements")

    items: list[AnnouncementShape]
    next: str | None


@api.get("/v1/announcements", responses={200: Announcements, **READ}, summary="Announcements, newest first")
@needs("announcement.write")
def some_announcements(query: Paging) -> Response:
    """Lists the announcements that boards show now or later, and all that were submitted with this API key."""
    areas = desk.areas("announcement.write")
    found = listings.visible_announcements(
        desk.db, areas, writer=token().actor, after=query.after, most=query.limit + 1, now=desk.now()
    )
    some, after = page(found, query.limit, lambda one: (one.created, one.id))
    return answer(Announcements(items=[_shape(one) for one in some], next=after))


@api.get(
    "/v1/announcements/<int:id>",
    responses={200: AnnouncementShape, **READ},
    summary="What has become of an announcement",
)
@needs("announcement.write")
def announcement(path: ById) -> Response:
    """Reads one announcement and its state.

    Answers 404 if the announcement was not submitted with this API key and boards show it neither now nor later.
    """
    one = announcement_or_404(path.id)
    if one.created_by != token().actor and phase(one, desk.now()) not in ("scheduled", "on air"):
        abort(404)
    return answer(_shape(one))


@api.post(
    "/v1/announcements",
    responses={201: AnnouncementShape, **WRITE},
    summary="Hand in an announcement; it waits for an editor",
)
@needs("announcement.write", factor="none")
def hand_in(body: SubmittedAnnouncement) -> Response:
    """Stores a submitted announcement, with the API key as its author, and notifies the editors of its area."""
    desk.require("announcement.write", body.area)
    try:
        made = with_files(_announcement(body), body.files)
        told = messages_of_new_submission(made, token().name)
        posted = announcements.post(
            desk.db, made, actor=token().actor, rules=rules(), notify=told, form=_form(token().id)
        )
    except AlreadySent as again:
        posted = announcements.get(desk.db, again.sent.announcement)
    except (StoreRefusal, ValueError) as error:
        return problem(422, said(error, request_language()))
    return answer(_shape(posted), 201)


@api.post(
    "/v1/announcements/<int:id>/withdraw",
    responses={200: AnnouncementShape, **WRITE},
    summary="Take back an announcement that the key has handed in",
)
@needs("announcement.write", factor="none")
def withdraw(path: ById, body: Reasoned) -> Response:
    """Withdraws an announcement, so that no board shows it any more; no effect if it is withdrawn already.

    Answers 403 unless it was submitted with this API key, 409 if its state does not allow it to be withdrawn.
    """
    one = announcement_or_404(path.id)
    if one.created_by != token().actor:
        return problem(403, say("not its own"))
    try:
        after = announcements.withdraw(
            desk.db, one.id, actor=token().actor, now=desk.now(), reason=body.reason
        )  # fmt: skip
    except NotPossible as error:
        return problem(409, said(error, request_language()))
    return answer(_shape(after))


def _form(id: int) -> FormToken | None:
    """Returns the token by which the store recognizes a repeated request; None without an Idempotency-Key.

    It keeps the announcement from being stored twice even if the desk stops before the first request is answered.
    ``id`` is that of the API key.
    """
    key = idempotency.key()
    return FormToken(f"api-{id}-{key}", token().actor, "") if key else None


def _announcement(submitted: SubmittedAnnouncement) -> Announcement:
    now = desk.now()
    return Announcement(
        id=0, area=submitted.area, title=submitted.title, text=submitted.text, boards=submitted.boards,
        link=submitted.link, windows=(Window(submitted.start or now, submitted.until),), created=now,
        created_by=token().actor, state="submitted",
    )  # fmt: skip


def _shape(one: Announcement) -> AnnouncementShape:
    windows = [WindowShape.model_validate({"from": each.start, "until": each.until}) for each in one.windows]
    return AnnouncementShape(
        id=one.id, area=one.area, title=one.title, state=one.state, reason=one.reason, phase=phase(one, desk.now()),
        kind=one.kind, text=one.text, boards=list(one.boards), link=one.link, page=item_path("announcement", one.id),
        created=one.created, windows=windows, files=len(one.attachments),
    )  # fmt: skip
