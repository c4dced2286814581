"""Views of the composer: write an announcement, preview it, send it; autosaved meanwhile; used by server.desk.app.

new, edit ──> preview (at each change) ──> draft, submitted or approved
    typing ──> autosave every few seconds, for the writer alone
"""

from __future__ import annotations

from flask import Blueprint, Response, render_template, request

from server.desk.announcements import composer_actions, composer_page, uploads
from server.desk.announcements.access import announcement_or_404
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.media import library as stored_files

pages = Blueprint("composer", __name__, url_prefix="/desk/compose")


@pages.get("/")
@needs("announcement.write")
def new() -> str:
    """The form of a new announcement; ``?template=``, ``?copy=``, ``?kind=`` and ``?typed=`` fill it."""
    return composer_page.new_page()


@pages.post("/")
@needs("announcement.write")
def send() -> composer_actions.Answer:
    """Saves a new announcement."""
    return composer_actions.send(None)


@pages.get("/<int:id>")
@needs("announcement.write")
def edit(id: int) -> str:
    """The form of an existing announcement."""
    return composer_page.edit_page(announcement_or_404(id))


@pages.post("/<int:id>")
@needs("announcement.write")
def change(id: int) -> composer_actions.Answer:
    """Saves an existing announcement."""
    return composer_actions.send(announcement_or_404(id))


@pages.post("/preview")
@needs("announcement.write")
def preview() -> str:
    """The fragment with the slides of the form as it stands."""
    return composer_page.preview_fragment()


@pages.post("/keep")
@needs("announcement.write")
def keep() -> tuple[str, int]:
    """Autosaves the form."""
    return composer_actions.keep()


@pages.post("/forget")
@needs("announcement.write")
def forget() -> Response:
    """Drops an autosave."""
    return composer_actions.forget()


@pages.post("/files")
@needs("media.write")
def upload() -> str:
    """Receives a file."""
    return uploads.receive()


@pages.get("/files/<key>")
@needs("media.write")
def uploaded(key: str) -> str:
    """The fragment with the progress of an upload."""
    return uploads.progress(key)


@pages.get("/library")
@needs("media.write")
def library() -> str:
    """The stored files that suit the kind ``?kind=``: videos or pictures."""
    begins = "video/" if request.args.get("kind") == "video" else "image/"
    listed = stored_files.listed(desk.db, desk.areas("media.write"))
    files = [file for file in listed if file.type.startswith(begins)]
    return render_template("announcements/composer/library.html", files=files)
