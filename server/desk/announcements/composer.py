"""The composer: an announcement is written, seen as it will be, and sent on its way; kept while it is typed.

new, edit ──> preview (as often as something changes) ──> draft, submitted or approved
   typed ──> kept by itself every few seconds, for its writer alone
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from server.desk.announcements.composer_actions import ComposerActions
from server.desk.announcements.editorial import mine
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs


def composer_pages(desk: DeskContext) -> Blueprint:
    """The pages; every one is cut to the areas for which the reader may write."""
    pages = Blueprint("composer", __name__, url_prefix="/desk/compose")
    acts = ComposerActions(desk)

    @pages.get("/")
    @needs("announcement.write")
    def new() -> str:
        return acts.begin()

    @pages.post("/")
    @needs("announcement.write")
    def send() -> Response | str | tuple[str, int]:
        return acts.send(None)

    @pages.get("/<int:id>")
    @needs("announcement.write")
    def edit(id: int) -> str:
        return acts.edit(mine(desk, id))

    @pages.post("/<int:id>")
    @needs("announcement.write")
    def change(id: int) -> Response | str | tuple[str, int]:
        return acts.send(mine(desk, id))

    @pages.post("/preview")
    @needs("announcement.write")
    def preview() -> str:
        return acts.preview()

    @pages.post("/keep")
    @needs("announcement.write")
    def keep() -> tuple[str, int]:
        return acts.keep()

    @pages.post("/forget")
    @needs("announcement.write")
    def forget() -> Response:
        return acts.forget()

    @pages.post("/files")
    @needs("media.write")
    def upload() -> tuple[str, int]:
        return acts.upload()

    @pages.get("/files/<key>")
    @needs("media.write")
    def uploaded(key: str) -> str:
        return acts.uploaded(key)

    @pages.get("/library")
    @needs("media.write")
    def library() -> str:
        return render_template("announcements/composer/library.html", kept=acts.library(request.args.get("kind", "")))

    return pages
