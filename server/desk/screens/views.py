"""Screens at the desk: listed, paired by code, sent commands, lent, moved, replaced, revoked; boards set to dark or
safe; the panic button. Registered by server.desk.app; boards are made and changed by server.desk.boards.views.

People who may pair screens in an area may also revoke them there.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Blueprint, Response, abort, flash, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from wtforms import Field

from server.core.model import Board, Mode
from server.core.screens.screens import CommandName, Screen
from server.desk.screens.forms import PairForm, ScreenForm
from server.desk.screens.view_model import boards_with, listed_boards, rows_of, screens_by_board
from server.desk.web.context import desk
from server.desk.web.pagination import requested_page
from server.desk.web.return_address import return_address
from server.desk.web.rights import needs
from server.store.boards import boards, panics
from server.store.database.errors import NotFound, StoreRefusal
from server.store.screens import outages, pairing, screens

pages = Blueprint("screens", __name__, url_prefix="/desk/screens")

BOARDS_PER_PAGE = 25
SHOWN_OUTAGES = 20
# How long a screen may take to receive each command that can be sent by hand.
COMMANDS: dict[CommandName, timedelta] = {
    "reload": timedelta(minutes=10),
    "identify": timedelta(minutes=2),
    "screenshot": timedelta(minutes=5),
}
MODES: tuple[Mode, ...] = ("on", "dark", "safe")


@pages.get("/")
@needs("screen.view")
def index() -> str:
    """The user's boards with their screens; ``?board=SLUG`` shows one board."""
    wanted = request.args.get("board", "")
    shown = [board for board in boards_with("screen.view") if wanted in ("", board.slug)]
    by_board = screens_by_board(shown)
    page = requested_page(shown, BOARDS_PER_PAGE)
    return render_template(
        "screens/index.html", listed=listed_boards(page.items, by_board), wanted=wanted, boards=len(shown),
        page=page, count=sum(map(len, by_board.values())),
    )  # fmt: skip


@pages.route("/new", methods=["GET", "POST"])
@needs("screen.pair")
def new() -> Response | str | tuple[str, int]:
    """Pairs a screen. The QR code on the screen leads here with ``?code=``."""
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
@needs("screen.pair")
def one(id: int) -> Response | str | tuple[str, int]:
    """A screen; POST changes its name, phone number and notes."""
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
@needs("screen.pair")
def ask(id: int, name: str) -> Response:
    """Sends a command to a screen."""
    screen, _board = _screen_or_404(id)
    command = next((one for one in COMMANDS if one == name), None)
    if command is None:
        abort(404)
    until = desk.now() + COMMANDS[command]
    message = {
        "reload": _("Đã bảo %(name)s tải lại trang", name=screen.name),
        "identify": _("%(name)s đang hiện tên của mình trong mười giây", name=screen.name),
        "screenshot": _("Đã nhờ %(name)s chụp màn hình; ảnh hiện ở đây khi đến", name=screen.name),
    }[command]
    return _done(
        lambda: screens.send(desk.db, [id], command, until=until, actor=desk.actor(), now=desk.now()), message
    )


@pages.post("/<int:id>/lend")
@needs("screen.pair")
def lend(id: int) -> Response:
    """Hands a screen over to a meeting until a time; ends the handover if the form has ``take``."""
    _screen_or_404(id)
    if request.form.get("take"):
        return _done(
            lambda: screens.hand_over(desk.db, id, None, actor=desk.actor(), now=desk.now()), _("Đã lấy lại")
        )
    try:
        until = datetime.fromisoformat(request.form.get("until", "")).replace(tzinfo=desk.zone())
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
@needs("screen.pair")
def move(id: int) -> Response:
    screen, _board = _screen_or_404(id)
    target = _board_or_404(request.form.get("board", ""))
    return _done(
        lambda: screens.move(desk.db, id, target.slug, actor=desk.actor(), now=desk.now()),
        _("%(name)s nay chiếu %(board)s", name=screen.name, board=target.name),
    )


@pages.post("/<int:id>/revoke")
@needs("screen.pair")
def revoke(id: int) -> Response:
    screen, _board = _screen_or_404(id)
    if asking := desk.ask_factor():
        return asking
    return _done(
        lambda: screens.revoke(desk.db, id, actor=desk.actor(), now=desk.now()),
        _("%(name)s đã bị thu hồi và bị ngắt ngay", name=screen.name),
    )


@pages.get("/pictures/<int:id>")
@needs("screen.pair")
def picture(id: int) -> Response:
    """A screenshot, by the id of the command that requested it."""
    owner = screens.screenshot_target(desk.db, id)
    if owner is None:
        abort(404)
    _screen_or_404(owner)
    return send_from_directory(desk.data / "screenshots", f"{id}.webp", mimetype="image/webp")


@pages.post("/boards/<slug>/mode")
@needs("screen.pair")
def mode(slug: str) -> Response:
    """Sets a board to normal operation, dark or the safe page."""
    board = _board_or_404(slug)
    wanted = next((one for one in MODES if one == request.form.get("mode", "")), None)
    if wanted is None:
        abort(400)
    message = {
        "on": _("%(name)s đang phát", name=board.name),
        "dark": _("%(name)s đang tối; tin khẩn vẫn đánh thức", name=board.name),
        "safe": _("%(name)s đang ở trang an toàn", name=board.name),
    }[wanted]
    return _done(lambda: boards.set_mode(desk.db, slug, wanted, actor=desk.actor(), now=desk.now()), message)


@pages.get("/panic")
@needs("panic")
def panic() -> str:
    """The panic buttons of the user's areas, with the number of boards that each one covers."""
    tree, every = desk.tree(), boards.all(desk.db)
    counted = [(tree.get(slug), sum(tree.covers(slug, one.area) for one in every)) for slug in desk.areas("panic")]
    on = {one.area: one for one in panics.on(desk.db)}
    return render_template("screens/panic.html", areas=counted, on=on, depth=lambda s: len(tree.chain(s)) - 1)


@pages.post("/panic/<area>")
@needs("panic")
def press(area: str) -> Response:
    """Shows the safe page on every board of an area and below, or ends that with ``end``."""
    if area not in desk.tree():
        abort(404)
    desk.require("panic", area)
    if asking := desk.ask_factor():
        return asking
    name = desk.tree().get(area).name
    if request.form.get("end"):
        change, message = panics.end, _("%(name)s: đã trở lại chương trình", name=name)
    else:
        change, message = panics.begin, _("%(name)s: mọi bảng tin đang về trang an toàn", name=name)
    return _done(lambda: change(desk.db, area, actor=desk.actor(), now=desk.now()), message)


def _screen_or_404(id: int) -> tuple[Screen, Board]:
    """A screen and its board; 403 if the user may not pair screens in the board's area."""
    try:
        screen = screens.get(desk.db, id)
    except NotFound:
        abort(404)
    return screen, _board_or_404(screen.board)


def _board_or_404(slug: str) -> Board:
    """A board; 403 if the user may not pair screens in its area."""
    try:
        board = boards.get(desk.db, slug)
    except NotFound:
        abort(404)
    desk.require("screen.pair", board.area)
    return board


def _done(change: Callable[[], object], message: str) -> Response:
    """Makes the change and returns to the page named by the form's ``back``, with the message or the refusal."""
    try:
        change()
    except (StoreRefusal, ValueError) as error:
        flash(str(error), "error")
    else:
        flash(message, "good")
    return desk.go(return_address(request.form.get("back", ""), url_for("screens.index")))


def _text(field: Field) -> str:
    """The text of a field that may have been left out of the form."""
    return (field.data or "").strip()


def _pair(form: PairForm) -> str | None:
    """Pairs the screen; returns the sentence that refuses it, None if it worked."""
    replaces = int(form.replaces.data) if (form.replaces.data or "").isdigit() else None
    try:
        slug = screens.get(desk.db, replaces).board if replaces else form.board.data
        board = boards.get(desk.db, slug or "")
        desk.require("screen.pair", board.area)
        screen = pairing.claim(
            desk.db, form.code.data, board.slug, actor=desk.actor(), now=desk.now(),
            name=_text(form.name), phone=_text(form.phone), replaces=replaces,
        )  # fmt: skip
    except (StoreRefusal, ValueError) as error:
        return str(error)
    flash(_("Đã ghép %(name)s; màn hình bắt đầu phát %(board)s ngay", name=screen.name, board=board.name), "good")
    return None
