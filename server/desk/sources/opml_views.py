"""Views that export sources to an OPML file and import an uploaded one; registered by server.desk.app."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, request, url_for
from flask_babel import gettext

from feeds import ParseError
from feeds.formats.opml import parse_opml, write_opml
from feeds.limits import MAX_BYTES
from server.desk.sources.source_boards import add_sources, chosen_boards, shown_text
from server.desk.sources.view_model import outlines
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.database.errors import StoreRefusal
from server.store.sources.unknown_sources import unknown_sources

pages = Blueprint("source_lists", __name__, url_prefix="/desk/sources")


@pages.get("/nguon-tin.opml")
@needs("source.view")
def save() -> Response:
    """An OPML file with the sources that the user may see."""
    answer = Response(write_opml("Bảng Tin", outlines()), mimetype="text/x-opml")
    answer.headers["Content-Disposition"] = "attachment"
    return answer


@pages.post("/opml")
@needs("source.manage", factor="none")
def add() -> Response:
    """Adds the feeds of an uploaded OPML file as sources to the area that the form names.

    Feeds that exist already are left out.
    """
    area, sent = request.form.get("area", ""), request.files.get("file")
    if area not in desk.areas("source.manage") or sent is None:
        abort(400)
    try:
        found = parse_opml(sent.read(MAX_BYTES + 1))
    except ParseError as error:
        flash(error.message, "error")
        return desk.go(url_for("source_adding.look_at"))
    made = unknown_sources(desk.db, found, zone=desk.config.timezone, area=area)
    wanted = chosen_boards()
    try:
        add_sources(made, wanted)
    except StoreRefusal as refused:
        flash(said(refused), "error")
        return desk.go(url_for("source_adding.look_at"))
    if not made:
        flash(gettext("Mọi nguồn trong tệp đã có từ trước; không có gì được thêm."), "info")
        return desk.go(url_for("sources.index"))
    added = gettext("Đã thêm %(count)s nguồn tin; tin của chúng chờ duyệt.", count=len(made))
    flash(f"{added} {shown_text(wanted)}", "good" if wanted else "error")
    return desk.go(url_for("sources.index"))
