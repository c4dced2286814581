"""The media library: what was uploaded, where it is used, what it shows in words, until when it is kept."""

from __future__ import annotations

from datetime import UTC, date, datetime, time
from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext

from server.core.announcements.search_text import without_marks
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.media.media_files import stored_path
from server.store.announcements import listings
from server.store.database.errors import NotFound, StoreRefusal
from server.store.media import library
from server.store.media.library import LibraryFile

SHOWN_AT_ONCE = 60


def media_pages(desk: DeskContext) -> Blueprint:
    """The pages; cut to the areas for which the reader may upload."""
    pages = Blueprint("media", __name__, url_prefix="/desk/media")

    @pages.get("/")
    @needs("media.write")
    def index() -> str:
        found = library.listed(desk.db, desk.areas("media.write"))
        asked = without_marks(request.args.get("q", ""))
        silent = request.args.get("silent") == "1"
        kept = [
            one for one in found if asked in without_marks(f"{one.name} {one.alt}") and not (silent and _told(one))
        ]
        page = max(1, request.args.get("page", 1, type=int))
        return render_template(
            "announcements/library/index.html",
            kept=kept[(page - 1) * SHOWN_AT_ONCE : page * SHOWN_AT_ONCE],
            page=page,
            last=max(1, -(-len(kept) // SHOWN_AT_ONCE)),
            unsaid=sum(not _told(one) for one in found),
        )

    @pages.get("/<hash>")
    @needs("media.write")
    def one(hash: str) -> str:
        found = _mine(desk, hash)
        kept_until = found.expires.astimezone(desk.zone()).date().isoformat() if found.expires else ""
        about = {"used": _used(desk, hash), "area": _area(desk, found), "kept_until": kept_until}
        return render_template("announcements/library/one.html", one=found, **about)

    @pages.post("/<hash>")
    @needs("media.write")
    def describe(hash: str) -> Response:
        one = _mine(desk, hash)
        said: dict[str, Any] = {"name": request.form.get("name", "").strip()[:120] or one.name}
        said["alt"] = " ".join(request.form.get("alt", "").split())[:500]
        said["expires"] = _day(desk, request.form.get("expires", ""))
        library.describe(desk.db, hash, **said, actor=desk.actor(), now=desk.now())
        flash(gettext("Đã lưu."), "good")
        return desk.go(url_for("media.one", hash=hash))

    @pages.post("/<hash>/remove")
    @needs("media.write")
    def remove(hash: str) -> Response:
        one = _mine(desk, hash)
        try:
            library.remove(desk.db, hash, actor=desk.actor(), now=desk.now())
        except StoreRefusal as error:
            flash(str(error), "error")
            return desk.go(url_for("media.one", hash=hash))
        stored_path(desk.data / "media", one.hash, one.type).unlink(missing_ok=True)
        flash(gettext("Đã bỏ tệp khỏi kho."), "good")
        return desk.go(url_for("media.index"))

    return pages


def _mine(desk: DeskContext, hash: str) -> LibraryFile:
    try:
        found = library.get(desk.db, hash)
    except NotFound:
        abort(404)
    if not desk.may("media.write", found.area or ""):
        abort(404)
    return found


def _used(desk: DeskContext, hash: str) -> list[dict[str, Any]]:
    """The announcements that show it, of the reader's areas by name and of others by their number alone."""
    return [
        {"id": one.id, "title": one.title, "mine": desk.may("announcement.write", one.area)}
        for one in listings.using(desk.db, hash)
    ]


def _told(one: LibraryFile) -> bool:
    return bool(one.alt.strip()) or one.type.startswith("video/")


def _area(desk: DeskContext, one: LibraryFile) -> str:
    return desk.tree().get(one.area).name if one.area and one.area in desk.tree() else ""


def _day(desk: DeskContext, text: str) -> datetime | None:
    """The end of that day, here."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return datetime.combine(day, time(23, 59), desk.zone()).astimezone(UTC)
