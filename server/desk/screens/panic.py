"""Views of the panic button: holding it shows the safe page on all boards of the user; registered by server.desk.app.

The safe page is a calm slide instead of all content; panic mode shows it on all boards of an area. The button is in
the bar of every page (``button``) and needs no second factor. A page of its own shows which boards are in panic mode
and which of their screens are not connected. Ending panic mode needs a second factor.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from flask import Blueprint, Response, abort, flash, render_template, url_for
from flask_babel import gettext, ngettext

from server.core.areas import AreaTree
from server.core.model import Board
from server.core.notices.progress import phone_of
from server.core.screens.screens import Screen
from server.desk.web.context import desk
from server.desk.web.refusals import said
from server.desk.web.rights import needs
from server.store.boards import boards, panics
from server.store.database.errors import StoreRefusal
from server.store.screens import receipts, screens

pages = Blueprint("panic", __name__, url_prefix="/desk/screens/panic")


@dataclass(frozen=True, slots=True)
class Button:
    """The panic button in the bar: the names of the user's topmost areas, and how many boards it would affect.

    ``safe`` is how many of the ``boards`` are in panic mode now.
    """

    areas: Sequence[str]
    boards: int
    safe: int


@dataclass(frozen=True, slots=True)
class Away:
    """A screen of a board in panic mode that is not connected, so it still shows what it showed before.

    ``phone`` is the number to call about it; ``since`` is when it was last connected, None if never.
    """

    screen: Screen
    board: Board
    phone: str
    since: datetime | None


def button() -> Button | None:
    """Returns the panic button for the current user; None if the user may not press it or has no boards."""
    if desk.maybe_person() is None or not (mine := desk.areas("panic")):
        return None
    tree, counts = desk.tree(), boards.count_by_area(desk.db)
    on = {one.area for one in panics.on(desk.db)}
    every = sum(counts.get(area, 0) for area in mine)
    safe = sum(counts.get(area, 0) for area in mine if on.intersection(tree.chain(area)))
    return Button([tree.get(area).name for area in _topmost(mine, tree)], every, safe) if every else None


@pages.get("")
@needs("panic")
def index() -> str:
    """The page with a panic button for each of the user's areas.

    It shows how many boards each button affects, which boards are in panic mode, and which of their screens are not
    connected.
    """
    tree, every = desk.tree(), boards.all(desk.db)
    mine = desk.areas("panic")
    counted = [(tree.get(slug), sum(tree.covers(slug, one.area) for one in every)) for slug in mine]
    on = {one.area: one for one in panics.on(desk.db)}
    safe = [one for one in every if one.area in mine and not on.keys().isdisjoint(tree.chain(one.area))]
    above = {area: _ended_by(area, on, tree) for area in mine}
    return render_template(
        "screens/panic.html", areas=counted, on=on, above=above, safe=safe, away=_away(safe),
        depth=lambda slug: len(tree.chain(slug)) - 1,
    )  # fmt: skip


@pages.post("")
@needs("panic", factor="none")
def press_all() -> Response:
    """Begins panic mode in the user's area: every board there shows the safe page.

    Needs no second factor, because every second counts. A user with several separate areas is sent to the page where
    one is chosen.
    """
    mine = _topmost(desk.areas("panic"), desk.tree())
    if len(mine) > 1:
        flash(gettext("Bạn phụ trách nhiều đơn vị: hãy chọn đơn vị cần chuyển sang trang an toàn."), "error")
        return desk.go(url_for("panic.index"))
    return _press(mine)


@pages.post("/<area>")
@needs("panic", factor="none")
def press(area: str) -> Response:
    """Begins panic mode in an area: every board there and below shows the safe page. Needs no second factor."""
    _area_name(area)
    return _press([area])


@pages.post("/<area>/end")
@needs("panic", factor="fresh", subject="area/{area}")
def end(area: str) -> Response:
    """Ends panic mode in an area, so that its boards show their normal content again.

    They keep the safe page if panic mode is also on in an area above.
    """
    name = _area_name(area)
    try:
        panics.end(desk.db, area, actor=desk.actor(), now=desk.now())
    except StoreRefusal as error:
        flash(said(error), "error")
    else:
        flash(gettext("%(name)s: đã trở lại chương trình", name=name), "good")
    return desk.go(url_for("panic.index"))


def _press(areas: Sequence[str]) -> Response:
    for area in areas:
        panics.begin(desk.db, area, actor=desk.actor(), now=desk.now())
    tree = desk.tree()
    count = sum(any(tree.covers(area, one.area) for area in areas) for one in boards.all(desk.db))
    flash(ngettext("%(num)s bảng đang hiện trang an toàn.", "%(num)s bảng đang hiện trang an toàn.", count), "good")
    return desk.go(url_for("panic.index"))


def _topmost(areas: Sequence[str], tree: AreaTree) -> list[str]:
    """Returns the areas that do not lie below another one of ``areas``."""
    return [slug for slug in areas if not any(tree.is_above(other, slug) for other in areas)]


def _ended_by(area: str, on: Collection[str], tree: AreaTree) -> str:
    """Returns the name of the nearest area above ``area`` that is in panic mode (in ``on``); "" if there is none."""
    return next((tree.get(slug).name for slug in tree.chain(area)[1:] if slug in on), "")


def _away(safe: Sequence[Board]) -> list[Away]:
    """Returns the screens of the boards ``safe`` that are not connected now."""
    by_slug, now = {board.slug: board for board in safe}, desk.now()
    mine = screens.all(desk.db, by_slug) if safe else ()
    links = receipts.links(desk.db, [one.id for one in mine]) if mine else {}
    found = []
    for one in mine:
        link = links.get(one.id)
        if link is None or not link.live(now):
            board = by_slug[one.board]
            found.append(Away(one, board, phone_of(one, board, desk.tree()), link.seen if link else None))
    return found


def _area_name(slug: str) -> str:
    """Returns the name of an area; answers 404 for an unknown one, 403 if the user may not begin panic mode there."""
    if slug not in desk.tree():
        abort(404)
    desk.require("panic", slug)
    return desk.tree().get(slug).name
