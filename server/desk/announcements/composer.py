"""Views of the composer, the form in which announcements are written; registered by server.desk.app.

new, edit ──> preview (at each change) ──> saved as a draft, submitted or approved
    typing ──> autosave every few seconds, which only the writer sees
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
    """The page with the form of a new announcement.

    The query may fill the form: ``?template=ID`` or ``?copy=ID`` from an announcement, ``?typed=KEY`` from an
    autosave; ``?kind=`` selects the kind.
    """
    return composer_page.new_page()


@pages.post("/")
@needs("announcement.write", factor="none")
def send() -> composer_actions.Answer:
    """Saves the posted form as a new announcement, and submits or approves it if the pressed button says so."""
    return composer_actions.send(None)


@pages.get("/<int:id>")
@needs("announcement.write")
def edit(id: int) -> str:
    """The page with the form of an existing announcement."""
    return composer_page.edit_page(announcement_or_404(id))


@pages.post("/<int:id>")
@needs("announcement.write", factor="none")
def change(id: int) -> composer_actions.Answer:
    """Saves the posted form as a change of an announcement, and submits or approves it if the button says so."""
    return composer_actions.send(announcement_or_404(id))


@pages.post("/preview")
@needs("announcement.write", factor="none")
def preview() -> str:
    """An HTML fragment with the slides that the posted form would make; nothing is saved."""
    return composer_page.preview_fragment()


@pages.post("/keep")
@needs("announcement.write", factor="none")
def keep() -> tuple[str, int]:
    """Autosaves the posted form; called by the page's script every few seconds.

    Answers 204, or 400 without a valid key.
    """
    return composer_actions.keep()


@pages.post("/forget")
@needs("announcement.write", factor="none")
def forget() -> Response:
    """Deletes the user's autosave with the posted key and redirects to the form of a new announcement."""
    return composer_actions.forget()


@pages.post("/files")
@needs("media.write", factor="none")
def upload() -> str:
    """Receives an uploaded file and returns an HTML fragment with its progress."""
    return uploads.receive()


@pages.get("/files/<key>")
@needs("media.write")
def uploaded(key: str) -> str:
    """An HTML fragment with the progress of an upload; the page's script requests it repeatedly."""
    return uploads.progress(key)


@pages.get("/library")
@needs("media.write")
def library() -> str:
    """An HTML fragment with the stored files to choose from: videos if ``?kind=video``, else pictures."""
    begins = "video/" if request.args.get("kind") == "video" else "image/"
    listed = stored_files.listed(desk.db, desk.areas("media.write"))
    files = [file for file in listed if file.type.startswith(begins)]
    return render_template("announcements/composer/library.html", files=files)
