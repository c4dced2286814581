"""Views of screens: their list, pairing, commands, lending, moving, revoking; and the mode of a board.

Registered by server.desk.app. The right to pair screens in an area includes revoking them there. Other settings of
boards are in server.desk.boards.views.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

from flask import Blueprint, Response, abort, flash, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from wtforms import Field

from server.core.model import Board, Mode
from server.core.screens.screens import CommandName, Screen
from server.core.text_input import number_or_none
from server.desk.screens.forms import PairForm, ScreenForm
from server.desk.screens.view_model import boards_with, listed_boards, rows_of, screens_by_board
from server.desk.web.context import desk
from server.desk.web.dates import moment_from
from server.desk.web.names import board_name
from server.desk.web.pagination import requested_page
from server.desk.web.refusals import said
from server.desk.web.return_address import return_address
from server.desk.web.rights import needs
from server.desk.web.safe_boards import divide_safe
from server.store.boards import boards
from server.store.database.errors import NotFound, StoreRefusal
from server.store.screens import outages, pairing, screens

pages = Blueprint("screens", __name__, url_prefix="/desk/screens")

BOARDS_PER_PAGE = 25
SHOWN_OUTAGES = 20
# The commands that users can send to a screen -> how long a command waits for a screen that is not connected.
COMMANDS: dict[CommandName, timedelta] = {
    "reload": timedelta(minutes=10),
    "identify": timedelta(minutes=2),
    "screenshot": timedelta(minutes=5),
}
MODES: tuple[Mode, ...] = ("on", "dark", "safe")


@pages.get("/")
@needs("screen.view")
def index() -> str:
    """The list of the user's boards with their screens; ``?board=SLUG`` shows one board only."""
    wanted = request.args.get("board", "")
    shown = [board for board in boards_with("screen.view") if wanted in ("", board.slug)]
    by_board = screens_by_board(shown)
    page = requested_page(shown, BOARDS_PER_PAGE)
    return render_template(
        "screens/index.html", listed=listed_boards(page.items, by_board), wanted=wanted, boards=len(shown),
        page=page, count=sum(map(len, by_board.values())),
    )  # fmt: skip


@pages.route("/new", methods=["GET", "POST"])
@needs("screen.pair", factor="none")
def new() -> Response | str | tuple[str, int]:
    """GET: the form for pairing a screen. POST: pairs the screen; answers 422 with the form if it has errors.

    The QR code on an unpaired screen leads here with ``?code=CODE``.
    """
    offered = boards_with("screen.pair")
    form = PairForm().offer(offered, screens.all(desk.db, [one.slug for one in offered]), desk.tree())
    if request.method == "GET":
        form.code.data = request.args.get("code", "")
        form.board.data, form.replaces.data = request.args.get("board", ""), request.args.get("replaces", "")
        return render_template("screens/new.html", form=form, boards=offered)
    if form.validate():
        refusal = _pair(form)
        if refusal is None:
            return desk.go(url_for("screens.index"))
        form.code.errors = [refusal]
    return render_template("screens/new.html", form=form, boards=offered), 422


@pages.route("/<int:id>", methods=["GET", "POST"])
@needs("screen.pair", factor="none")
def one(id: int) -> Response | str | tuple[str, int]:
    """GET: the page of a screen. POST: changes its name, phone number and notes."""
    screen, board = _screen_or_404(id)
    form = ScreenForm(obj=screen)
    if request.method == "POST" and form.validate():
        return _done(
            lambda: screens.describe(
                desk.db, id, name=_text(form.name), phone=_text(form.phone),
                notes=_text(form.notes), actor=desk.actor(), now=desk.now(),
            ),
            _("Đã lưu"),
        )  # fmt: skip
    others = [other for other in boards_with("screen.pair") if other.slug != board.slug]
    past = outages.of_boards(desk.db, [board.slug], desk.now() - timedelta(days=30), desk.now())
    page = render_template(
        "screens/one.html", row=rows_of(board, [screen])[0], board=board, form=form, boards=others,
        outages=[one for one in past if one.screen == id][::-1][:SHOWN_OUTAGES],
    )  # fmt: skip
    return page, 422 if form.errors else 200


@pages.post("/<int:id>/ask/<name>")
@needs("screen.pair", factor="none")
def ask(id: int, name: str) -> Response:
    """Sends the command ``name`` to a screen; answers 404 if it is not one of COMMANDS."""
    screen, _board = _screen_or_404(id)
    command = next((one for one in COMMANDS if one == name), None)
    if command is None:
        abort(404)
    until = desk.now() + COMMANDS[command]
    message = {
        "reload": _("Đã yêu cầu %(name)s tải lại trang", name=screen.name),
        "identify": _("%(name)s đang hiện tên của mình trong một phút", name=screen.name),
        "screenshot": _("Đã nhờ %(name)s chụp màn hình; ảnh hiện ở đây khi đến", name=screen.name),
    }[command]
    return _done(
        lambda: screens.send(desk.db, [id], command, until=until, actor=desk.actor(), now=desk.now()), message
    )


@pages.post("/<int:id>/lend")
@needs("screen.pair", factor="none")
def lend(id: int) -> Response:
    """Lends a screen to a meeting until the time in the form field ``until``.

    With the form field ``take``, ends the lending now.
    """
    _screen_or_404(id)
    if request.form.get("take"):
        return _done(
            lambda: screens.hand_over(desk.db, id, None, actor=desk.actor(), now=desk.now()), _("Đã lấy lại")
        )
    try:
        until = moment_from(request.form.get("until", "")).replace(tzinfo=desk.zone())
    except ValueError:
        until = desk.now()
    if until <= desk.now():
        flash(_("Giờ trả màn hình phải ở sau bây giờ."), "error")
        return desk.go(url_for("screens.one", id=id))
    return _done(
        lambda: screens.hand_over(desk.db, id, until, actor=desk.actor(), now=desk.now()),
        _("Đã nhường cho cuộc họp đến %(at)s", at=f"{until:%H:%M %d/%m}"),
    )


@pages.post("/<int:id>/move")
@needs("screen.pair", factor="none")
def move(id: int) -> Response:
    screen, _board = _screen_or_404(id)
    target = _board_or_404(request.form.get("board", ""))
    return _done(
        lambda: screens.move(desk.db, id, target.slug, actor=desk.actor(), now=desk.now()),
        _("%(name)s nay chiếu %(board)s", name=screen.name, board=target.name),
    )


@pages.post("/<int:id>/revoke")
@needs("screen.pair", factor="fresh", subject="screen/{id}")
def revoke(id: int) -> Response:
    screen, _board = _screen_or_404(id)
    return _done(
        lambda: screens.revoke(desk.db, id, actor=desk.actor(), now=desk.now()),
        _("%(name)s đã bị thu hồi và bị ngắt ngay", name=screen.name),
    )


@pages.get("/pictures/<int:id>")
@needs("screen.pair")
def picture(id: int) -> Response:
    """The WebP file of a screenshot; ``id`` is the id of the command that requested the screenshot."""
    owner = screens.screenshot_target(desk.db, id)
    if owner is None:
        abort(404)
    _screen_or_404(owner)
    return send_from_directory(desk.data / "screenshots", f"{id}.webp", mimetype="image/webp")


@pages.post("/boards/<slug>/mode")
@needs("screen.pair", factor="none")
def mode(slug: str) -> Response:
    """Sets a board's mode: "on" (normal content), "dark" (urgent notices only) or "safe" (a calm slide only)."""
    board = _board_or_404(slug)
    wanted = next((one for one in MODES if one == request.form.get("mode", "")), None)
    if wanted is None:
        abort(400)
    message = {
        "on": _("%(name)s đang phát", name=board_name(board.slug)),
        "dark": _("%(name)s đang tối; tin khẩn vẫn đánh thức", name=board_name(board.slug)),
        "safe": _("%(name)s đang ở trang an toàn", name=board_name(board.slug)),
    }[wanted]
    if wanted != "safe" and divide_safe([replace(board, mode=wanted)])[0]:
        message = _("%(name)s vẫn ở trang an toàn, vì cả đơn vị đang an toàn", name=board.name)
    return _done(lambda: boards.set_mode(desk.db, slug, wanted, actor=desk.actor(), now=desk.now()), message)


def _screen_or_404(id: int) -> tuple[Screen, Board]:
    """Returns a screen and its board; answers 404 if there is none.

    Answers 403 if the user may not pair screens in the board's area.
    """
    try:
        screen = screens.get(desk.db, id)
    except NotFound:
        abort(404)
    return screen, _board_or_404(screen.board)


def _board_or_404(slug: str) -> Board:
    """Returns the board with this slug; answers 404 if there is none.

    Answers 403 if the user may not pair screens in the board's area.
    """
    try:
        board = boards.get(desk.db, slug)
    except NotFound:
        abort(404)
    desk.require("screen.pair", board.area)
    return board


def _done(change: Callable[[], object], message: str) -> Response:
    """Calls ``change`` and redirects to the address in the form field ``back``.

    That page shows ``message``, or why the store refused the change.
    """
    try:
        change()
    except (StoreRefusal, ValueError) as error:
        flash(said(error), "error")
    else:
        flash(message, "good")
    return desk.go(return_address(request.form.get("back", ""), url_for("screens.index")))


def _text(field: Field) -> str:
    """Returns the stripped text of a form field; "" if the field was not posted."""
    return (field.data or "").strip()


def _pair(form: PairForm) -> str | None:
    """Pairs the screen as the form says; returns None, or a sentence why it was refused."""
    replaces = number_or_none(form.replaces.data or "")
    try:
        slug = screens.get(desk.db, replaces).board if replaces else form.board.data
        board = boards.get(desk.db, slug or "")
        desk.require("screen.pair", board.area)
        screen = pairing.claim(
            desk.db, form.code.data, board.slug, actor=desk.actor(), now=desk.now(),
            name=_text(form.name), phone=_text(form.phone), replaces=replaces,
        )  # fmt: skip
    except (StoreRefusal, ValueError) as error:
        return said(error)
    flash(_("Đã ghép %(name)s; màn hình bắt đầu phát %(board)s ngay", name=screen.name, board=board.name), "good")
    return None
