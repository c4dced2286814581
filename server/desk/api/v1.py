"""Views of the HTTP API under /api/v1: read areas, boards and screens, submit announcements; used by server.desk.app.

``Authorization: Bearer KEY``, with a key from the page of server.desk.api.tokens. The key's rights are checked as a
person's are. Answers are JSON, errors ``{"error": sentence}``; /api/openapi.json describes all of it.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from flask import Blueprint, Response, abort, g, jsonify, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from server.core.model import Announcement, Window
from server.core.screens.screens import Link, Screen
from server.desk.announcements.access import announcement_or_404, rules
from server.desk.api.openapi import description
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.people.tokens import Token
from server.store.screens import receipts, screens

pages = Blueprint("api", __name__, url_prefix="/api")


class SubmittedAnnouncement(BaseModel):
    """An announcement handed in: it waits for an editor."""

    # Client generators name a class after the schema's title, so renaming this class must not change the title.
    # The docstring is published too, as the schema's description.
    model_config = ConfigDict(extra="forbid", title="Wanted")

    area: str
    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=8000)]
    start: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = None
    boards: tuple[str, ...] = ()
    link: Annotated[str, Field(max_length=1000, pattern=r"^(https?://.*)?$")] = ""


@pages.get("/openapi.json")
@needs("public")
def openapi() -> Response:
    """The description of this API; no key is needed."""
    return jsonify(description(SubmittedAnnouncement.model_json_schema(by_alias=True)))


@pages.get("/v1/areas")
@needs("board.view")
def areas() -> Response:
    """The areas in which the key may read boards."""
    tree, mine = desk.tree(), desk.areas("board.view")
    return jsonify([{"slug": slug, "name": tree.get(slug).name, "parent": tree.get(slug).parent} for slug in mine])


@pages.get("/v1/boards")
@needs("board.view")
def all_boards() -> Response:
    """The boards of the key's areas."""
    mine = set(desk.areas("board.view"))
    listed = [board for board in boards.all(desk.db) if board.area in mine]
    return jsonify(
        [{"slug": b.slug, "name": b.name, "area": b.area, "public": b.public, "mode": b.mode} for b in listed]
    )


@pages.get("/v1/screens")
@needs("screen.view")
def all_screens() -> Response:
    """The screens of the key's areas, and whether each is connected."""
    mine = set(desk.areas("screen.view"))
    slugs = [board.slug for board in boards.all(desk.db) if board.area in mine]
    links, now = receipts.links(desk.db), desk.now()
    return jsonify([_screen_json(screen, links.get(screen.id), now) for screen in screens.all(desk.db, slugs)])


@pages.get("/v1/announcements/<int:id>")
@needs("announcement.write")
def announcement(id: int) -> Response:
    """The state of an announcement of the key's areas."""
    return jsonify(_announcement_json(announcement_or_404(id)))


@pages.post("/v1/announcements")
@needs("announcement.write")
def hand_in() -> tuple[Response, int]:
    """Stores a submitted announcement, by the key as its writer; 422 with a sentence if it is wrong."""
    try:
        submitted = SubmittedAnnouncement.model_validate_json(request.get_data())
    except ValidationError as error:
        return jsonify(error=_error_text(error)), 422
    desk.require("announcement.write", submitted.area)
    try:
        posted = announcements.post(desk.db, _announcement(submitted), actor=_token().actor, rules=rules())
    except ValueError as error:
        return jsonify(error=str(error)), 422
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


def _error_text(error: ValidationError) -> str:
    """Each error as "place: message", so that it can be found in what was sent."""
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors())
