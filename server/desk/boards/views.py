"""Views in which keepers (administrators) create, change and remove boards; registered by server.desk.app.

new, edit ──> preview (after every change in the form) ──> saved
"""

from __future__ import annotations

import hashlib
from dataclasses import replace
from itertools import count

from flask import Blueprint, Response, abort, flash, render_template, request, url_for
from flask_babel import gettext as _

from server.core.model import Board, ThemeDays
from server.core.sources.naming import slug_of
from server.core.sources.trust import foreign_unread
from server.desk.boards.form import THEMES, BoardForm
from server.desk.boards.form_preview import Loss, board_preview, losses, size_text
from server.desk.web.context import desk
from server.desk.web.names import area_name, board_name, source_name
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.boards import boards
from server.store.database.errors import NotFound, StoreRefusal
from server.store.screens import screens
from server.store.sources import sources

pages = Blueprint("screen_boards", __name__, url_prefix="/desk/screens/boards")


@pages.route("/new", methods=["GET", "POST"])
@needs("screen.manage", factor="none")
def new() -> Response | str | tuple[str, int]:
    form = _form_for(None)
    return _page(form, None) if request.method == "GET" else _submitted(form, None)


@pages.route("/<slug>", methods=["GET", "POST"])
@needs("screen.manage", factor="none")
def edit(slug: str) -> Response | str | tuple[str, int]:
    board = _board_or_404(slug)
    form = _form_for(board)
    if request.method == "GET":
        return _page(form.fill(board), board)
    return _submitted(form, board)


@pages.post("/new/preview")
@needs("screen.manage", factor="none")
def seen() -> str:
    """An HTML fragment with a preview of the board that the posted form describes; nothing is saved.

    ``?board=SLUG`` names the board if it exists already.
    """
    slug = request.args.get("board", "")
    board = _board_or_404(slug) if slug else None
    return render_template("boards/form_preview.html", fetched=True, **_preview(_form_for(board), board))


@pages.post("/<slug>/remove")
@needs("screen.manage", factor="fresh", subject="board/{slug}")
def remove(slug: str) -> Response:
    _board_or_404(slug)
    if screens.all(desk.db, [slug]):
        flash(_("Bảng tin còn màn hình; hãy chuyển hoặc thu hồi chúng trước"), "error")
        return desk.go(url_for("screen_boards.edit", slug=slug))
    name = board_name(slug)
    boards.remove(desk.db, slug, actor=desk.actor(), now=desk.now())
    flash(_("Đã bỏ bảng tin %(name)s", name=name), "good")
    return desk.go(url_for("screens.index"))


@pages.post("/<slug>/bring-back")
@needs("screen.manage", factor="none")
def bring_back(slug: str) -> Response:
    """Restores a removed board with its former settings."""
    board = boards.removed(desk.db, slug)
    if board is None:
        abort(404)
    desk.require("screen.manage", board.area)
    boards.bring_back(desk.db, slug, actor=desk.actor(), now=desk.now())
    flash(_("Đã lấy lại bảng tin %(name)s, như trước khi bỏ. Hãy xem lại rồi lưu.", name=board.name), "good")
    return desk.go(url_for("screen_boards.edit", slug=slug))


def _board_or_404(slug: str) -> Board:
    """Returns the board with this slug; answers 404 if there is none.

    Answers 403 if the user does not manage screens in the board's area.
    """
    try:
        board = boards.get(desk.db, slug)
    except NotFound:
        abort(404)
    desk.require("screen.manage", board.area)
    return board


def _form_for(board: Board | None) -> BoardForm:
    """Returns the form for ``board``, or for a new board if it is None.

    Only the form for a new board has the field "slug".
    """
    read_now = {lane.source for lane in board.lanes} if board else set()
    form = BoardForm().offer(desk.areas("screen.manage"), _readable_sources(read_now))
    if board is not None:
        del form.slug
    return form


def _page(form: BoardForm, board: Board | None, *, removed: Board | None = None, mark: str = "") -> str:
    """Returns the page with the form of a board.

    ``removed`` is a removed board that had the typed slug; the page offers to restore it. ``mark`` is the digest
    (`_mark`) of the board that the user has read, by default the posted digest or the digest of ``board``.
    """
    mark = mark or request.form.get("mark", "") or _mark(board)
    return render_template(
        "boards/form.html", form=form, board=board, themes=THEMES, fixed=_configured_days(board), removed=removed,
        mark=mark, leaving=losses(board, None), fresh_minutes=f"{desk.config.serving.fresh_minutes:g}",
        **_preview(form, board),
    )  # fmt: skip


def _submitted(form: BoardForm, board: Board | None) -> Response | str | tuple[str, int]:
    """Answers a posted form: performs the button of a row, or saves the board, or shows the form's errors (422)."""
    if form.act():
        return _page(form, board)
    if not form.validate():
        return _page(form, board), 422
    slug = board.slug if board else form.slug.data or _free_slug(form.name.data)
    if board is None and (taken := _taken(form, slug)):
        return taken
    desk.require("screen.manage", form.area.data)
    if _is_namesake(form, board):
        form.name.errors = [_("Đơn vị này đã có bảng tin tên như vậy; hãy đặt tên khác.")]
        return _page(form, board), 422
    wanted = form.value(board or replace(_empty_board(), slug=slug))
    if board is not None and _changed_meanwhile(board, wanted):
        form.form_errors.append(
            _("Người khác vừa lưu bảng tin này. Những gì bạn ghi vẫn ở đây; bấm Lưu lần nữa thì thay cho bản của họ.")
        )
        return _page(form, board, mark=_mark(board)), 422
    if refusal := _unread_refusal(wanted, board):
        form.form_errors.append(refusal)
        return _page(form, board), 422
    lost = losses(board, wanted)
    try:
        saved = boards.save(desk.db, wanted, actor=desk.actor(), now=desk.now())
    except (StoreRefusal, ValueError) as error:
        form.form_errors.append(said(error))
        return _page(form, board), 422
    flash(_saved_text(saved, lost), "good")
    _copy_days(saved, form.days_for_all())
    return desk.go(url_for("screens.index", board=slug))


def _mark(board: Board | None) -> str:
    """Returns a digest of a stored board without its mode, 16 hex digits; "" for a new board.

    The form posts it, so that the view notices if somebody else has changed the board meanwhile.
    """
    return hashlib.sha256(repr(replace(board, mode="on")).encode()).hexdigest()[:16] if board else ""


def _changed_meanwhile(board: Board, wanted: Board) -> bool:
    """True if saving ``wanted`` would overwrite a change that somebody else made since the user opened the form."""
    return wanted != board and request.form.get("mark", "") not in ("", _mark(board))


def _is_namesake(form: BoardForm, board: Board | None) -> bool:
    """True if the form gives a board a new name that another board of its area has; people could not tell them apart.

    It also keeps a form that is sent twice from making two boards.
    """
    name, area = (form.name.data or "").strip(), form.area.data
    if board is not None and (board.name, board.area) == (name, area):
        return False
    own = board.slug if board else ""
    return any(
        one.slug != own and one.area == area and one.name.casefold() == name.casefold() for one in boards.all(desk.db)
    )


def _free_slug(name: str) -> str:
    """Returns a slug made from a new board's name that no board has or had."""
    made = slug_of(name) or "bang-tin"
    taken = {one.slug for one in boards.all(desk.db)}
    for number in count(1):
        slug = made if number == 1 else f"{made}-{number}"
        if slug not in taken and boards.removed(desk.db, slug) is None:
            return slug
    raise AssertionError("some number is free")


def _taken(form: BoardForm, slug: str) -> tuple[str, int] | None:
    """Returns the form with an error (422) if another board has the slug or had it before its removal, else None."""
    if any(one.slug == slug for one in boards.all(desk.db)):
        form.slug.errors = [_("Bảng tin «%(name)s» đang dùng địa chỉ này", name=board_name(slug))]
        return _page(form, None), 422
    gone = boards.removed(desk.db, slug)
    if gone is None:
        return None
    form.slug.errors = [
        _(
            "Địa chỉ này là của bảng tin «%(name)s» (%(area)s) đã bỏ: liên kết, giấy niêm yết và mã QR cũ còn dẫn "
            "đến đó. Hãy đặt địa chỉ khác, hoặc lấy lại bảng ấy.",
            name=gone.name,
            area=area_name(gone.area),
        )
    ]
    return _page(form, None, removed=gone if desk.may("screen.manage", gone.area) else None), 422


def _saved_text(saved: Board, lost: tuple[Loss, ...]) -> str:
    """Returns the message after a board was saved; ``lost`` are the sources that it no longer shows."""
    name = board_name(saved.slug)
    if screens.all(desk.db, [saved.slug]):
        text = _("Đã lưu bảng tin %(name)s; màn hình của bảng nhận ngay", name=name)
    else:
        text = _("Đã lưu bảng tin %(name)s. Bảng chưa có màn hình nào: hãy ghép một màn hình", name=name)
    if lost:
        text += ". " + _("Không còn chiếu: %(sources)s", sources=", ".join(one.name for one in lost))
    return str(text)


def _unread_refusal(wanted: Board, before: Board | None) -> str:
    """Returns a sentence why the board may not show one of its sources; "" if it may show all.

    Stories of some sources are shown without approval, because the editors of the source's area have allowed it. A
    board of another area may show such a source only if an editor of the board's area adds it.
    """
    if desk.may("story.approve", wanted.area):
        return ""
    tree = desk.tree()
    found = foreign_unread(wanted, before, sources.all(desk.db), tree)
    if not found:
        return ""
    return str(
        _(
            "Tin của %(sources)s lên bảng mà không ai đọc trước, và %(area)s chưa đồng ý điều đó. Hãy để nguồn ấy "
            "chờ duyệt, lưu bảng tin, rồi nhờ biên tập viên của cả hai đơn vị cho nguồn lên bảng ngay.",
            sources=", ".join(source_name(one.slug) for one in found),
            area=area_name(wanted.area),
        )
    )


def _empty_board() -> Board:
    """Returns the initial values of a new board."""
    area = next(iter(desk.areas("screen.manage")))
    return Board("", "", area, zone=desk.config.timezone, language=desk.config.language)


def _preview(form: BoardForm, board: Board | None) -> dict[str, object]:
    """Returns the template variables for the preview of the board that the form describes.

    Answers 403 if the user does not manage screens in the board's area.
    """
    described = form.value(board or _empty_board())
    if described.area not in desk.areas("screen.manage"):
        abort(403)
    return {"seen": board_preview(described, board), "size": size_text(described)}


def _copy_days(board: Board, days: tuple[ThemeDays, ...]) -> None:
    """Adds days with another theme to the other boards that the user manages in the board's area and below."""
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
    """Returns the days with another theme that config.toml sets for the board; the form cannot change them."""
    if board is None:
        return []
    return [one for one in desk.config.theme_values() if not one.boards or board.slug in one.boards]


def _readable_sources(read_now: set[str]) -> dict[str, str]:
    """Returns slug -> name of the sources that the form offers.

    These are the sources of the user's areas, the sources of areas above and below them, the sources without an area,
    and those in ``read_now`` (which the board shows already).
    """
    tree, mine = desk.tree(), desk.areas("source.view")
    return {
        one.slug: source_name(one.slug)
        for one in sources.all(desk.db)
        if one.kind != "mail"
        and (
            one.slug in read_now
            or one.area is None
            or any(tree.covers(one.area, area) or tree.covers(area, one.area) for area in mine)
        )
    }
