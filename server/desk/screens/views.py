"""Screens at the desk: paired by code, asked, lent, moved, replaced, revoked; boards darkened; the panic button.

Whoever may pair in an area may revoke there, too. Making and changing boards is in screen_boards.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from flask import Blueprint, Response, abort, flash, render_template, request, send_from_directory, url_for
from flask_babel import gettext as _
from wtforms import Field

from server.core.model import Board
from server.core.notices.progress import phone_of
from server.core.screens.screens import CommandName, Link, Screen
from server.core.screens.wall_rows import state_of
from server.desk.screens.forms import PairForm, ScreenForm
from server.desk.web.context import DeskContext
from server.desk.web.rights import needs
from server.store.boards import boards, panics
from server.store.database.errors import NotFound, StoreRefusal
from server.store.screens import outages, pairing, receipts, screens, silent_tests

BOARDS_A_PAGE = 25
ASKED: dict[CommandName, timedelta] = {
    "reload": timedelta(minutes=10),
    "identify": timedelta(minutes=2),
    "screenshot": timedelta(minutes=5),
}


@dataclass(frozen=True, slots=True)
class Row:
    """A screen as the list shows it."""

    screen: Screen
    state: str
    since: datetime | None
    link: Link | None
    phone: str
    picture: tuple[int, datetime | None] | None
    tested: datetime | None


def screens_pages(desk: DeskContext) -> Blueprint:
    """The pages; what is listed is cut to the areas in which the reader may see screens."""
    pages = Blueprint("screens", __name__, url_prefix="/desk/screens")

    def mine() -> list[Board]:
        areas = set(desk.areas("screen.view"))
        return [board for board in boards.all(desk.db) if board.area in areas]

    def found(id: int) -> tuple[Screen, Board]:
        """A screen that I may look after, and its board; of a foreign area it is as if it were not there."""
        try:
            screen = screens.get(desk.db, id)
            board = boards.get(desk.db, screen.board)
        except NotFound:
            abort(404)
        desk.require("screen.pair", board.area)
        return screen, board

    def act(what: Callable[[], object], done: str) -> Response:
        try:
            what()
        except (StoreRefusal, ValueError) as error:
            flash(str(error), "error")
        else:
            flash(done, "good")
        back = request.form.get("back", "")
        return desk.go(back if back.startswith("/desk/") else url_for("screens.index"))

    @pages.get("/")
    @needs("screen.view")
    def index() -> str:
        shown = mine()
        wanted = request.args.get("board", "")
        if wanted:
            shown = [board for board in shown if board.slug == wanted]
        return _index(desk, shown, wanted, max(1, request.args.get("page", 1, type=int)))

    @pages.route("/new", methods=["GET", "POST"])
    @needs("screen.pair")
    def new() -> Response | str | tuple[str, int]:
        areas = set(desk.areas("screen.pair"))
        mine_here = [board for board in boards.all(desk.db) if board.area in areas]
        form = PairForm().offer(mine_here, screens.all(desk.db, [one.slug for one in mine_here]), desk.tree())
        if request.method == "GET":
            form.code.data = request.args.get("code", "")
            form.board.data, form.replaces.data = request.args.get("board", ""), request.args.get("replaces", "")
            return render_template("screens/new.html", form=form, boards=mine_here)
        if form.validate():
            refused = _pair(desk, form)
            if refused is None:
                return desk.go(url_for("screens.index"))
            form.code.errors = [refused]
        return render_template("screens/new.html", form=form, boards=mine_here), 422

    @pages.route("/<int:id>", methods=["GET", "POST"])
    @needs("screen.pair")
    def one(id: int) -> Response | str | tuple[str, int]:
        screen, board = found(id)
        form = ScreenForm(obj=screen)
        if request.method == "POST" and form.validate():
            return act(
                lambda: screens.describe(
                    desk.db, id, name=_typed(form.name), phone=_typed(form.phone),
                    notes=_typed(form.notes), actor=desk.actor(), now=desk.now(),
                ),
                _("Đã lưu"),
            )  # fmt: skip
        areas = set(desk.areas("screen.pair"))
        others = [other for other in boards.all(desk.db) if other.area in areas and other.slug != board.slug]
        row = _rows(desk, board, [screen])[0]
        past = outages.of_boards(desk.db, [board.slug], desk.now() - timedelta(days=30), desk.now())
        return render_template(
            "screens/one.html", row=row, board=board, form=form, boards=others,
            outages=[one for one in past if one.screen == id][::-1][:20],
        ), (422 if form.errors else 200)  # fmt: skip

    @pages.post("/<int:id>/ask/<name>")
    @needs("screen.pair")
    def ask(id: int, name: str) -> Response:
        screen, _board = found(id)
        wanted = next((one for one in ASKED if one == name), None)
        if wanted is None:
            abort(404)
        until = desk.now() + ASKED[wanted]
        said = {
            "reload": _("Đã bảo %(name)s tải lại trang", name=screen.name),
            "identify": _("%(name)s đang hiện tên của mình trong mười giây", name=screen.name),
            "screenshot": _("Đã nhờ %(name)s chụp màn hình; ảnh hiện ở đây khi đến", name=screen.name),
        }[wanted]
        return act(lambda: screens.send(desk.db, [id], wanted, until=until, actor=desk.actor(), now=desk.now()), said)

    @pages.post("/<int:id>/lend")
    @needs("screen.pair")
    def lend(id: int) -> Response:
        found(id)
        if request.form.get("take"):
            take = partial(screens.hand_over, desk.db, id, None, actor=desk.actor(), now=desk.now())
            return act(take, _("Đã lấy lại"))
        try:
            until = datetime.fromisoformat(request.form.get("until", "")).replace(tzinfo=desk.zone())
        except ValueError:
            until = desk.now()
        if until <= desk.now():
            flash(_("Giờ trả màn hình phải ở sau bây giờ."), "error")
            return desk.go(url_for("screens.one", id=id))
        return act(
            lambda: screens.hand_over(desk.db, id, until, actor=desk.actor(), now=desk.now()),
            _("Đã nhường cho cuộc họp đến %(at)s", at=f"{until:%H:%M %d/%m}"),
        )

    @pages.post("/<int:id>/move")
    @needs("screen.pair")
    def move(id: int) -> Response:
        screen, _board = found(id)
        try:
            target = boards.get(desk.db, request.form.get("board", ""))
        except NotFound:
            abort(404)
        desk.require("screen.pair", target.area)
        return act(
            lambda: screens.move(desk.db, id, target.slug, actor=desk.actor(), now=desk.now()),
            _("%(name)s nay chiếu %(board)s", name=screen.name, board=target.name),
        )

    @pages.post("/<int:id>/revoke")
    @needs("screen.pair")
    def revoke(id: int) -> Response:
        screen, _board = found(id)
        if asking := desk.ask_factor():
            return asking
        return act(
            lambda: screens.revoke(desk.db, id, actor=desk.actor(), now=desk.now()),
            _("%(name)s đã bị thu hồi và bị ngắt ngay", name=screen.name),
        )

    @pages.get("/pictures/<int:id>")
    @needs("screen.pair")
    def picture(id: int) -> Response:
        """A screenshot by the number of what was asked, of a screen of mine."""
        owner = screens.screenshot_target(desk.db, id)
        if owner is None:
            abort(404)
        found(owner)
        return send_from_directory(desk.data / "screenshots", f"{id}.webp", mimetype="image/webp")

    @pages.post("/boards/<slug>/mode")
    @needs("screen.pair")
    def mode(slug: str) -> Response:
        try:
            board = boards.get(desk.db, slug)
        except NotFound:
            abort(404)
        desk.require("screen.pair", board.area)
        wanted = request.form.get("mode", "")
        if wanted not in ("on", "dark", "safe"):
            abort(400)
        said = {
            "on": _("%(name)s đang phát", name=board.name),
            "dark": _("%(name)s đang tối; tin khẩn vẫn đánh thức", name=board.name),
            "safe": _("%(name)s đang ở trang an toàn", name=board.name),
        }[wanted]
        return act(
            lambda: boards.set_mode(desk.db, slug, wanted, actor=desk.actor(), now=desk.now()),  # type: ignore[arg-type]
            said,
        )

    @pages.get("/panic")
    @needs("panic")
    def panic() -> str:
        areas = desk.areas("panic")
        every = boards.all(desk.db)
        tree = desk.tree()
        counted = [(tree.get(slug), sum(tree.covers(slug, board.area) for board in every)) for slug in areas]
        on = {one.area: one for one in panics.on(desk.db)}
        return render_template("screens/panic.html", areas=counted, on=on, depth=lambda s: len(tree.chain(s)) - 1)

    @pages.post("/panic/<area>")
    @needs("panic")
    def press(area: str) -> Response:
        if area not in desk.tree():
            abort(404)
        desk.require("panic", area)
        if asking := desk.ask_factor():
            return asking
        name = desk.tree().get(area).name
        if request.form.get("end"):
            what, said = panics.end, _("%(name)s: đã trở lại chương trình", name=name)
        else:
            what, said = panics.begin, _("%(name)s: mọi bảng tin đang về trang an toàn", name=name)
        return act(lambda: what(desk.db, area, actor=desk.actor(), now=desk.now()), said)

    return pages


def _typed(field: Field) -> str:
    """What stands in a text field that may have been left out."""
    return (field.data or "").strip()


def _pair(desk: DeskContext, form: PairForm) -> str | None:
    """Pairs, or says why not."""
    replaces = int(form.replaces.data) if (form.replaces.data or "").isdigit() else None
    try:
        slug = screens.get(desk.db, replaces).board if replaces else form.board.data
        board = boards.get(desk.db, slug or "")
        desk.require("screen.pair", board.area)
        made = pairing.claim(
            desk.db, form.code.data, board.slug, actor=desk.actor(), now=desk.now(),
            name=_typed(form.name), phone=_typed(form.phone), replaces=replaces,
        )  # fmt: skip
    except (StoreRefusal, ValueError) as error:
        return str(error)
    flash(_("Đã ghép %(name)s; màn hình bắt đầu phát %(board)s ngay", name=made.name, board=board.name), "good")
    return None


def _index(desk: DeskContext, every: list[Board], wanted: str, at: int) -> str:
    last = max(1, -(-len(every) // BOARDS_A_PAGE))
    at = min(at, last)
    shown = every[(at - 1) * BOARDS_A_PAGE : at * BOARDS_A_PAGE]
    by_board: dict[str, list[Screen]] = {board.slug: [] for board in every}
    for screen in screens.all(desk.db):
        if screen.board in by_board:
            by_board[screen.board].append(screen)
    calm = {one.area for one in panics.on(desk.db)}
    listed = [
        (board, _rows(desk, board, by_board[board.slug]), bool(calm & set(desk.tree().chain(board.area))))
        for board in shown
    ]
    return render_template(
        "screens/index.html", listed=listed, wanted=wanted, boards=len(every), at=at, last=last,
        count=sum(map(len, by_board.values())),
    )  # fmt: skip


def _rows(desk: DeskContext, board: Board, its: list[Screen]) -> list[Row]:
    now, ids = desk.now(), [one.id for one in its]
    links = receipts.links(desk.db, ids)
    pictures = screens.screenshots(desk.db, ids)
    _at, tested = silent_tests.last(desk.db, ids)
    found = []
    for one in its:
        link = links.get(one.id)
        state, since = state_of(one, link, connected=False, now=now)
        phone = phone_of(one, board, desk.tree())
        found.append(Row(one, state, since, link, phone, pictures.get(one.id), tested.get(one.id)))
    return found
