"""Views of the media library: uploaded files, their descriptions, uses and expiry; registered by server.desk.app."""

from __future__ import annotations

from datetime import UTC, datetime, time
from typing import TypedDict

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.announcements.search_text import without_marks
from server.desk.web.context import desk
from server.desk.web.dates import day_from, day_text
from server.desk.web.pagination import requested_page
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.media.media_files import stored_path
from server.store.announcements import listings
from server.store.database.errors import NotFound, StoreRefusal
from server.store.media import library
from server.store.media.library import LibraryFile

pages = Blueprint("media", __name__, url_prefix="/desk/media")

SHOWN_AT_ONCE = 60


class Use(TypedDict):
    """An announcement that shows a file; ``mine`` says whether the signed-in person may write for its area."""

    id: int
    title: str
    mine: bool


@pages.get("/")
@needs("media.write")
def index() -> str:
    """The list of the files of the user's areas.

    ``?q=`` searches names and descriptions; ``?silent=1`` shows only pictures without a description.
    """
    files = library.listed(desk.db, desk.areas("media.write"))
    words = without_marks(request.args.get("q", ""))
    undescribed_only = request.args.get("silent") == "1"
    found = [
        file
        for file in files
        if words in without_marks(f"{file.name} {file.alt}") and not (undescribed_only and _is_described(file))
    ]
    return render_template(
        "announcements/library/index.html",
        page=requested_page(found, SHOWN_AT_ONCE),
        undescribed=sum(not _is_described(file) for file in files),
    )


@pages.get("/<hash>")
@needs("media.write")
def one(hash: str) -> str:
    """The page of one file: its description, where it is used, until when it is kept."""
    file = _file_or_404(hash)
    area = desk.tree().get(file.area).name if file.area and file.area in desk.tree() else ""
    kept_until = day_text(file.expires.astimezone(desk.zone()).date()) if file.expires else ""
    return render_template(
        "announcements/library/one.html", one=file, used=_uses(hash), area=area, kept_until=kept_until
    )


@pages.post("/<hash>")
@needs("media.write", factor="none")
def describe(hash: str) -> Response:
    """Saves the name, description and expiry of a file."""
    file = _file_or_404(hash)
    library.describe(
        desk.db,
        hash,
        name=request.form.get("name", "").strip()[:120] or file.name,
        alt=" ".join(request.form.get("alt", "").split())[:500],
        expires=_end_of_day(request.form.get("expires", "")),
        actor=desk.actor(),
        now=desk.now(),
    )
    flash(gettext("Đã lưu."), "good")
    return desk.go(url_for("media.one", hash=hash))


@pages.post("/<hash>/remove")
@needs("media.write", factor="none")
def remove(hash: str) -> Response:
    """Removes a file from the library; if an announcement uses it, shows the store's refusal instead."""
    file = _file_or_404(hash)
    try:
        library.remove(desk.db, hash, actor=desk.actor(), now=desk.now())
    except StoreRefusal as error:
        flash(said(error), "error")
        return desk.go(url_for("media.one", hash=hash))
    stored_path(desk.data / "media", file.hash, file.type).unlink(missing_ok=True)
    flash(gettext("Đã bỏ tệp khỏi kho."), "good")
    return desk.go(url_for("media.index"))


def _file_or_404(hash: str) -> LibraryFile:
    """Returns the library's file; 404 if it does not exist or the signed-in person may not upload for its area."""
    try:
        found = library.get(desk.db, hash)
    except NotFound:
        abort(404)
    if not desk.may("media.write", found.area or ""):
        abort(404)
    return found


def _uses(hash: str) -> list[Use]:
    """Returns the announcements that show the file.

    Of those in other areas, the page shows only how many they are.
    """
    return [
        {"id": one.id, "title": one.title, "mine": desk.may("announcement.write", one.area)}
        for one in listings.using(desk.db, hash)
    ]


def _is_described(file: LibraryFile) -> bool:
    return bool(file.alt.strip()) or file.type.startswith("video/")


def _end_of_day(text: str) -> datetime | None:
    """Returns 23:59 local time of the typed day, as a time in UTC; None if the text is not a day."""
    try:
        day = day_from(text)
    except ValueError:
        return None
    return datetime.combine(day, time(23, 59), desk.zone()).astimezone(UTC)
