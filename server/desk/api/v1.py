"""Views of the HTTP API under /api/v1: read areas, boards and screens, submit announcements.

Registered by server.desk.app. Requests carry the header ``Authorization: Bearer KEY`` with a key that was created by
server.desk.api.tokens; its rights are checked like those of a person. Answers are JSON; errors are
``{"error": sentence}``. /api/openapi.json describes the API.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Blueprint, Response, abort, g, jsonify, request
from pydantic import AfterValidator, AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from server.core.model import Announcement, Window
from server.core.screens.screens import Link, Screen
from server.core.text_input import cleaned
from server.core.times import FIRST_YEAR, LAST_YEAR, plausible
from server.desk.announcements.access import announcement_or_404, rules
from server.desk.announcements.messages import messages_of_new_submission
from server.desk.api.openapi import description
from server.desk.api.validation import error_text
from server.desk.web.context import desk
from server.desk.web.error_pages import request_language
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.database.errors import StoreRefusal
from server.store.people.tokens import Token
from server.store.screens import receipts, screens

pages = Blueprint("api", __name__, url_prefix="/api")


def _plausible(instant: datetime) -> datetime:
    if not plausible(instant):
        raise ValueError(f"the year must lie within {FIRST_YEAR} to {LAST_YEAR}")
    return instant


Text = Annotated[str, BeforeValidator(lambda value: cleaned(value) if isinstance(value, str) else value)]
Instant = Annotated[AwareDatetime, AfterValidator(_plausible)]


class SubmittedAnnouncement(BaseModel):
    """An announcement handed in: it waits for an editor."""

    # Client generators name a class after the schema's title, so renaming this class must not change the title.
    # The docstring is published, too, as the schema's description.
    model_config = ConfigDict(extra="forbid", title="Wanted")

    area: Text
    title: Annotated[Text, Field(min_length=1, max_length=200)]
    text: Annotated[Text, Field(min_length=1, max_length=8000)]
    start: Instant | None = Field(default=None, alias="from")
    until: Instant | None = None
    boards: tuple[Text, ...] = ()
    link: Annotated[Text, Field(max_length=1000, pattern=r"^(https?://.*)?$")] = ""


@pages.get("/openapi.json")
@needs("public")
def openapi() -> Response:
    """The OpenAPI document of this API; no key is needed."""
    return jsonify(description(SubmittedAnnouncement.model_json_schema(by_alias=True)))


@pages.get("/v1/areas")
@needs("board.view")
def areas() -> Response:
    """A JSON list of the areas in which the key may read boards."""
    tree, mine = desk.tree(), desk.areas("board.view")
    return jsonify([{"slug": slug, "name": tree.get(slug).name, "parent": tree.get(slug).parent} for slug in mine])


@pages.get("/v1/boards")
@needs("board.view")
def all_boards() -> Response:
    """A JSON list of the boards in the areas in which the key may read boards."""
    mine = set(desk.areas("board.view"))
    listed = [board for board in boards.all(desk.db) if board.area in mine]
    return jsonify(
        [{"slug": b.slug, "name": b.name, "area": b.area, "public": b.public, "mode": b.mode} for b in listed]
    )


@pages.get("/v1/screens")
@needs("screen.view")
def all_screens() -> Response:
    """A JSON list of the screens in the key's areas, with whether each is connected and when it was last heard."""
    mine = set(desk.areas("screen.view"))
    slugs = [board.slug for board in boards.all(desk.db) if board.area in mine]
    links, now = receipts.links(desk.db), desk.now()
    return jsonify([_screen_json(screen, links.get(screen.id), now) for screen in screens.all(desk.db, slugs)])


@pages.get("/v1/announcements/<int:id>")
@needs("announcement.write")
def announcement(id: int) -> Response:
    """An announcement with its state as JSON; 404 if it is not in an area in which the key may write."""
    return jsonify(_announcement_json(announcement_or_404(id)))


@pages.post("/v1/announcements")
@needs("announcement.write", factor="none")
def hand_in() -> tuple[Response, int]:
    """Stores the posted announcement in the state "submitted", with the API key as its author; answers 201.

    Answers 422 with a sentence if it is not valid, 403 if the key may not write for its area.
    """
    try:
        submitted = SubmittedAnnouncement.model_validate_json(request.get_data())
    except ValidationError as error:
        return jsonify(error=error_text(error, request_language())), 422
    desk.require("announcement.write", submitted.area)
    try:
        made = _announcement(submitted)
        told = messages_of_new_submission(made, _token().name)
        posted = announcements.post(desk.db, made, actor=_token().actor, rules=rules(), notify=told)
    except (StoreRefusal, ValueError) as error:
        return jsonify(error=said(error, request_language())), 422
    return jsonify(_announcement_json(posted)), 201


def _announcement(submitted: SubmittedAnnouncement) -> Announcement:
    now = desk.now()
    return Announcement(
        id=0, area=submitted.area, title=submitted.title, text=submitted.text, boards=submitted.boards,
        link=submitted.link, windows=(Window(submitted.start or now, submitted.until),), created=now,
        created_by=_token().actor, state="submitted",
    )  # fmt: skip


def _token() -> Token:
    found: Token | None = g.get("token")
    if found is None:
        abort(401)
    return found


def _screen_json(screen: Screen, link: Link | None, now: datetime) -> dict[str, object]:
    return {
        "id": screen.id,
        "name": screen.name,
        "board": screen.board,
        "live": link is not None and link.live(now),
        "seen": link.seen.isoformat() if link else None,
    }


def _announcement_json(one: Announcement) -> dict[str, object]:
    return {"id": one.id, "area": one.area, "title": one.title, "state": one.state, "reason": one.reason}
