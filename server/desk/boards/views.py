"""Boards at the desk, for keepers: made, changed (name, look, hours, lanes, text size) and removed.

Registered by server.desk.app. new, edit ──> preview (after every change in the form) ──> saved
"""

from __future__ import annotations

from dataclasses import replace

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from server.core.model import Board, ThemeDays
from server.desk.boards.form import THEMES, BoardForm
from server.desk.boards.form_preview import board_preview, size_text
from server.desk.web.context import desk
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.database.errors import NotFound, StoreRefusal
from server.store.screens import screens
from server.store.sources import sources

pages = Blueprint("screen_boards", __name__, url_prefix="/desk/screens/boards")


@pages.route("/new", methods=["GET", "POST"])
@needs("screen.manage")
def new() -> Response | str | tuple[str, int]:
    form = _form_for(None)
    return _page(form, None) if request.method == "GET" else _submitted(form, None)


@pages.route("/<slug>", methods=["GET", "POST"])
@needs("screen.manage")
def edit(slug: str) -> Response | str | tuple[str, int]:
    board = _board_or_404(slug)
    form = _form_for(board)
    if request.method == "GET":
        return _page(form.fill(board), board)
    return _submitted(form, board)


@pages.post("/new/preview")
@needs("screen.manage")
def seen() -> str:
    """The preview of the board from the form's values (``?board=SLUG`` for an existing one); stores nothing."""
    slug = request.args.get("board", "")
    board = _board_or_404(slug) if slug else None
    return render_template("boards/form_preview.html", **_preview(_form_for(board), board))


@pages.post("/<slug>/remove")
@needs("screen.manage")
def remove(slug: str) -> Response:
    board = _board_or_404(slug)
    if asking := desk.ask_factor():
        return asking
    if screens.all(desk.db, [slug]):
        flash(_("Bảng tin còn màn hình; hãy chuyển hoặc thu hồi chúng trước"), "error")
        return desk.go(url_for("screen_boards.edit", slug=slug))
    boards.remove(desk.db, slug, actor=desk.actor(), now=desk.now())
    flash(_("Đã bỏ bảng tin %(name)s", name=board.name), "good")
    return desk.go(url_for("screens.index"))


def _board_or_404(slug: str) -> Board:
    """A board; 403 if the user does not manage screens in its area."""
    try:
        board = boards.get(desk.db, slug)
    except NotFound:
        abort(404)
    desk.require("screen.manage", board.area)
    return board


def _form_for(board: Board | None) -> BoardForm:
    """The form of an existing board or of a new one (None). The slug of an existing one cannot be changed."""
    read_now = {lane.source for lane in board.lanes} if board else set()
    form = BoardForm().offer(desk.areas("screen.manage"), desk.tree(), _readable_sources(read_now))
    if board is not None:
        del form.slug
    return form


def _page(form: BoardForm, board: Board | None) -> str:
    return render_template(
        "boards/form.html", form=form, board=board, themes=THEMES, fixed=_configured_days(board),
        **_preview(form, board),
    )  # fmt: skip


def _submitted(form: BoardForm, board: Board | None) -> Response | str | tuple[str, int]:
    """Adds, moves or drops a row of the form, or saves the board, or shows the form's errors (422)."""
    if form.act():
        return _page(form, board)
    if not form.validate():
        return _page(form, board), 422
    slug = board.slug if board else form.slug.data
    if board is None and any(one.slug == slug for one in boards.all(desk.db)):
        form.slug.errors = [_("Địa chỉ này đã có bảng tin khác dùng")]
        return _page(form, board), 422
    desk.require("screen.manage", form.area.data)
    try:
        before = board or replace(_empty_board(), slug=slug)
        saved = boards.save(desk.db, form.value(before), actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        form.form_errors.append(str(error))
        return _page(form, board), 422
    flash(_("Đã lưu bảng tin %(name)s; màn hình của bảng nhận ngay", name=saved.name), "good")
    _copy_days(saved, form.days_for_all())
    return desk.go(url_for("screens.index", board=slug))


def _empty_board() -> Board:
    """A new board before the form is filled in."""
    area = next(iter(desk.areas("screen.manage")))
    return Board("", "", area, zone=desk.config.timezone, language=desk.config.language)


def _preview(form: BoardForm, board: Board | None) -> dict[str, object]:
    """The board that the form describes, drawn; 403 if it is for an area that the user does not manage."""
    described = form.value(board or _empty_board())
    if described.area not in desk.areas("screen.manage"):
        abort(403)
    return {"previews": [board_preview(described)], "size": size_text(described)}


def _copy_days(board: Board, days: tuple[ThemeDays, ...]) -> None:
    """Adds days with another theme to the other boards of the area and below that the user manages."""
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


def _configured_days(board: Board | None) -> list[ThemeDays]:
    """The days of config.toml that apply to the board: shown in the form, but not changed there."""
    if board is None:
        return []
    return [one for one in desk.config.theme_values() if not one.boards or board.slug in one.boards]


def _readable_sources(read_now: set[str]) -> dict[str, str]:
    """The names of the sources that the user's boards may read, by slug; the form does not name others.

    They are the sources of the user's areas, of areas above and below, of no area, and those in ``read_now``.
    """
    tree, mine = desk.tree(), desk.areas("source.view")
    return {
        one.slug: one.name
        for one in sources.all(desk.db)
        if one.slug in read_now
        or one.area is None
        or any(tree.covers(one.area, area) or tree.covers(area, one.area) for area in mine)
    }
