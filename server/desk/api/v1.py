"""What other programs may ask and hand in, under /api/v1, described by /api/openapi.json; called by desk_app.

``Authorization: Bearer KEY``, with a key of the token page. Rights are those of the key, checked where those of
people are. Answers are JSON; an error is ``{"error": sentence}``.
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from flask import Blueprint, Response, abort, g, jsonify, request
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from server.core.model import Announcement, Window
from server.desk.announcements.access import rules
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.announcements import announcements
from server.store.boards import boards
from server.store.people.tokens import Token
from server.store.screens import receipts, screens


class Wanted(BaseModel):
    """An announcement handed in: it waits for an editor."""

    model_config = ConfigDict(extra="forbid")

    area: str
    title: Annotated[str, Field(min_length=1, max_length=200)]
    text: Annotated[str, Field(min_length=1, max_length=8000)]
    start: AwareDatetime | None = Field(default=None, alias="from")
    until: AwareDatetime | None = None
    boards: tuple[str, ...] = ()
    link: Annotated[str, Field(max_length=1000, pattern=r"^(https?://.*)?$")] = ""


def api_pages(desk: DeskContext) -> Blueprint:
    pages = Blueprint("api", __name__, url_prefix="/api")

    @pages.get("/openapi.json")
    @needs("public")
    def openapi() -> Response:
        return jsonify(_description())

    @pages.get("/v1/areas")
    @needs("board.view")
    def areas() -> Response:
        tree, mine = desk.tree(), desk.areas("board.view")
        return jsonify([{"slug": one, "name": tree.get(one).name, "parent": tree.get(one).parent} for one in mine])

    @pages.get("/v1/boards")
    @needs("board.view")
    def all_boards() -> Response:
        mine = set(desk.areas("board.view"))
        listed = [one for one in boards.all(desk.db) if one.area in mine]
        return jsonify(
            [{"slug": b.slug, "name": b.name, "area": b.area, "public": b.public, "mode": b.mode} for b in listed]
        )

    @pages.get("/v1/screens")
    @needs("screen.view")
    def all_screens() -> Response:
        mine = set(desk.areas("screen.view"))
        named = [one.slug for one in boards.all(desk.db) if one.area in mine]
        links, now = receipts.links(desk.db), desk.now()
        return jsonify([_screen(one, links.get(one.id), now) for one in screens.all(desk.db, named)])

    @pages.get("/v1/announcements/<int:id>")
    @needs("announcement.write")
    def announcement(id: int) -> Response:
        found = next((one for one in announcements.all(desk.db) if one.id == id), None)
        if found is None or not desk.may("announcement.write", found.area):
            abort(404)
        return jsonify(_announcement(found))

    @pages.post("/v1/announcements")
    @needs("announcement.write")
    def hand_in() -> tuple[Response, int]:
        try:
            wanted = Wanted.model_validate_json(request.get_data())
        except ValidationError as error:
            return jsonify(error=_complaint(error)), 422
        desk.require("announcement.write", wanted.area)
        now, token = desk.now(), _token()
        made = Announcement(
            id=0, area=wanted.area, title=wanted.title, text=wanted.text, boards=wanted.boards, link=wanted.link,
            windows=(Window(wanted.start or now, wanted.until),), created=now, created_by=token.actor,
            state="submitted",
        )  # fmt: skip
        try:
            posted = announcements.post(desk.db, made, actor=token.actor, rules=rules())
        except ValueError as error:
            return jsonify(error=str(error)), 422
        return jsonify(_announcement(posted)), 201

    return pages


def _token() -> Token:
    found: Token | None = g.get("token")
    if found is None:
        abort(401)
    return found


def _screen(one: Any, link: Any, now: datetime) -> dict[str, object]:
    seen = link.seen.isoformat() if link else None
    return {"id": one.id, "name": one.name, "board": one.board, "live": bool(link and link.live(now)), "seen": seen}


def _announcement(one: Announcement) -> dict[str, object]:
    return {"id": one.id, "area": one.area, "title": one.title, "state": one.state, "reason": one.reason}


def _complaint(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(map(str, one['loc'])) or 'body'}: {one['msg']}" for one in error.errors())


_PATHS = {
    "/api/v1/areas": ("get", "board.view", "Areas that the key may read"),
    "/api/v1/boards": ("get", "board.view", "Boards of these areas"),
    "/api/v1/screens": ("get", "screen.view", "Screens of these areas, and when each was heard last"),
    "/api/v1/announcements/{id}": ("get", "announcement.write", "What has become of an announcement"),
    "/api/v1/announcements": ("post", "announcement.write", "Hand in an announcement; it waits for an editor"),
}


def _description() -> dict[str, object]:
    """OpenAPI 3.1 of what stands above; a test compares it with the routes."""
    paths: dict[str, Any] = {}
    for path, (method, right, words) in _PATHS.items():
        answers = {"200": "an answer", "401": "no key, or one that is over", "403": f"the key has not {right}"}
        if method == "post":
            answers = {"201": "handed in", "422": "what is wrong with it", **answers}
            answers.pop("200")
        made: dict[str, Any] = {
            "summary": words,
            "security": [{"key": []}],
            "responses": {code: {"description": said} for code, said in answers.items()},
        }
        if method == "post":
            schema = Wanted.model_json_schema(by_alias=True)
            made["requestBody"] = {"required": True, "content": {"application/json": {"schema": schema}}}
        if "{id}" in path:
            made["parameters"] = [{"name": "id", "in": "path", "required": True, "schema": {"type": "integer"}}]
        paths[path] = {method: made}
    return {
        "openapi": "3.1.0",
        "info": {"title": "Bảng Tin", "version": "1"},
        "components": {"securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
        "paths": paths,
    }
