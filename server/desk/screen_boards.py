"""Boards at the desk: made and changed (name, look, hours, lanes, size of type), taken out of use; for keepers."""

from __future__ import annotations

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from server.core.model import Board, Source
from server.desk.desk import Desk
from server.desk.rights import needs
from server.desk.screen_forms import BoardForm
from server.store import boards, screens, sources
from server.store.errors import NotFound, StoreRefusal


def board_pages(desk: Desk) -> Blueprint:
    """The pages; a keeper makes boards in his own areas only."""
    pages = Blueprint("screen_boards", __name__, url_prefix="/desk/screens/boards")

    def found(slug: str) -> Board:
        try:
            board = boards.get(desk.db, slug)
        except NotFound:
            abort(404)
        desk.require("screen.manage", board.area)
        return board

    def page(form: BoardForm, board: Board | None) -> str:
        return render_template("screens/board.html", form=form, board=board, sources=_readable(desk))

    def save(form: BoardForm, before: Board) -> str | None:
        """Saves, or says why not."""
        desk.require("screen.manage", form.area.data)
        try:
            boards.save(desk.db, form.value(before), actor=desk.actor(), now=desk.now())
        except (StoreRefusal, ValueError) as error:
            return str(error)
        flash(_("Đã lưu bảng tin %(name)s; màn hình của bảng nhận ngay", name=form.name.data), "good")
        return None

    @pages.route("/new", methods=["GET", "POST"])
    @needs("screen.manage")
    def new() -> Response | str | tuple[str, int]:
        form = BoardForm().offer(desk.areas("screen.manage"), desk.tree())
        if request.method == "GET":
            return page(form, None)
        if form.validate():
            slug = form.slug.data
            taken = any(board.slug == slug for board in boards.all(desk.db))
            zone, language = desk.config.timezone, desk.config.language
            fresh = Board(slug, "", form.area.data, zone=zone, language=language)
            wrong = _("Địa chỉ này đã có bảng tin khác dùng") if taken else save(form, fresh)
            if wrong is None:
                return desk.go(url_for("screens.index", board=slug))
            form.slug.errors = [wrong]
        return page(form, None), 422

    @pages.route("/<slug>", methods=["GET", "POST"])
    @needs("screen.manage")
    def edit(slug: str) -> Response | str | tuple[str, int]:
        board = found(slug)
        form = BoardForm().offer(desk.areas("screen.manage"), desk.tree())
        if request.method == "GET":
            return page(form.fill(board), board)
        form.slug.data = slug
        if form.validate():
            wrong = save(form, board)
            if wrong is None:
                return desk.go(url_for("screens.index", board=slug))
            form.name.errors = [wrong]
        return page(form, board), 422

    @pages.post("/<slug>/remove")
    @needs("screen.manage")
    def remove(slug: str) -> Response:
        board = found(slug)
        if asking := desk.ask_factor():
            return asking
        if screens.all(desk.db, [slug]):
            flash(_("Bảng tin còn màn hình; hãy chuyển hoặc thu hồi chúng trước"), "error")
            return desk.go(url_for("screen_boards.edit", slug=slug))
        boards.remove(desk.db, slug, actor=desk.actor(), now=desk.now())
        flash(_("Đã bỏ bảng tin %(name)s", name=board.name), "good")
        return desk.go(url_for("screens.index"))

    return pages


def _readable(desk: Desk) -> list[Source]:
    """Sources that a board of ours may read: of our areas, of those above, and of nobody's. Others are not named."""
    tree, mine = desk.tree(), desk.areas("source.view")
    return [
        one
        for one in sources.all(desk.db)
        if one.area is None or any(tree.covers(one.area, area) or tree.covers(area, one.area) for area in mine)
    ]
