"""Boards at the desk: made and changed (name, look, hours, lanes, size of type), taken out of use; for keepers.

new, edit ──> preview (as often as something changes) ──> saved
"""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from server.core.model import Board, ThemeDays
from server.desk.boards.form import THEMES, BoardForm
from server.desk.boards.form_preview import size_words, windows
from server.desk.web import slide_preview
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.database.errors import NotFound, StoreRefusal
from server.store.screens import screens
from server.store.sources import sources


def board_pages(desk: DeskContext) -> Blueprint:
    """The pages; a keeper makes boards in his own areas only."""
    pages = Blueprint("screen_boards", __name__, url_prefix="/desk/screens/boards")

    def found(slug: str) -> Board:
        try:
            board = boards.get(desk.db, slug)
        except NotFound:
            abort(404)
        desk.require("screen.manage", board.area)
        return board

    def form_of(board: Board | None) -> BoardForm:
        kept = {lane.source for lane in board.lanes} if board else set()
        form = BoardForm().offer(desk.areas("screen.manage"), desk.tree(), _readable(desk, kept))
        if board is not None:
            del form.slug
        return form

    def page(form: BoardForm, board: Board | None) -> str:
        return render_template(
            "boards/form.html", form=form, board=board, themes=THEMES, fixed=_fixed_days(desk, board),
            **_seen(desk, form, board or _fresh(desk, "")),
        )  # fmt: skip

    def answer(form: BoardForm, board: Board | None) -> Response | str | tuple[str, int]:
        """What is to be done with what was sent: a row moved, or the board saved, or complaints."""
        if form.act():
            return page(form, board)
        if not form.validate():
            return page(form, board), 422
        slug = board.slug if board else form.slug.data
        if board is None and any(one.slug == slug for one in boards.all(desk.db)):
            form.slug.errors = [_("Địa chỉ này đã có bảng tin khác dùng")]
            return page(form, board), 422
        desk.require("screen.manage", form.area.data)
        try:
            saved = boards.save(desk.db, form.value(board or _fresh(desk, slug)), actor=desk.actor(), now=desk.now())
        except (StoreRefusal, ValueError) as error:
            form.form_errors.append(str(error))
            return page(form, board), 422
        flash(_("Đã lưu bảng tin %(name)s; màn hình của bảng nhận ngay", name=saved.name), "good")
        _spread(desk, saved, form.spread())
        return desk.go(url_for("screens.index", board=slug))

    @pages.route("/new", methods=["GET", "POST"])
    @needs("screen.manage")
    def new() -> Response | str | tuple[str, int]:
        form = form_of(None)
        return page(form, None) if request.method == "GET" else answer(form, None)

    @pages.route("/<slug>", methods=["GET", "POST"])
    @needs("screen.manage")
    def edit(slug: str) -> Response | str | tuple[str, int]:
        board = found(slug)
        form = form_of(board)
        if request.method == "GET":
            return page(form.fill(board), board)
        return answer(form, board)

    @pages.post("/new/preview")
    @needs("screen.manage")
    def seen() -> str:
        """The board as it would be, of what is typed so far; nothing is stored."""
        slug = request.args.get("board", "")
        board = found(slug) if slug else None
        form = form_of(board)
        return render_template("boards/form_preview.html", **_seen(desk, form, board or _fresh(desk, "")))

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


def _fresh(desk: DeskContext, slug: str) -> Board:
    """A board that nobody has said anything of yet."""
    area = next(iter(desk.areas("screen.manage")))
    return Board(slug, "", area, zone=desk.config.timezone, language=desk.config.language)


def _seen(desk: DeskContext, form: BoardForm, before: Board) -> dict[str, Any]:
    """The board of the form as far as it is said, drawn; for its own keeper's areas only."""
    board = form.value(before)
    if board.area not in desk.areas("screen.manage"):
        abort(403)
    return {"previews": windows(desk, board, slide_preview.renderer()), "size": size_words(board)}


def _spread(desk: DeskContext, board: Board, days: tuple[ThemeDays, ...]) -> None:
    """Days of other colours for the other boards of the area and below, as far as they are the keeper's."""
    if not days:
        return
    tree, mine = desk.tree(), set(desk.areas("screen.manage"))
    others = [
        one.slug
        for one in boards.all(desk.db)
        if one.slug != board.slug and one.area in mine and tree.covers(board.area, one.area)
    ]
    count = boards.add_days(desk.db, others, days, actor=desk.actor(), now=desk.now())
    flash(_("Đã thêm các ngày ấy cho %(count)s bảng tin khác", count=count), "good")


def _fixed_days(desk: DeskContext, board: Board | None) -> list[ThemeDays]:
    """Those of config.toml that are for this board: told, not changed here."""
    if board is None:
        return []
    return [one for one in desk.config.theme_values() if not one.boards or board.slug in one.boards]


def _readable(desk: DeskContext, kept: set[str]) -> dict[str, str]:
    """Names of sources that a board of ours may read: of our areas, of those above, of nobody's, and those it reads.

    Others are not named.
    """
    tree, mine = desk.tree(), desk.areas("source.view")
    return {
        one.slug: one.name
        for one in sources.all(desk.db)
        if one.slug in kept
        or one.area is None
        or any(tree.covers(one.area, area) or tree.covers(area, one.area) for area in mine)
    }
